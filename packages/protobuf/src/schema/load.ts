import { Budget, FormatError, isRecord, type Value, type ValueRecord } from '@formatlab/core';
import { parseProtoJson } from '../json/parse.js';
import { readMessage } from '../message/read-message.js';
import { fileOfDescriptor } from './descriptor.js';
import { linkSchema } from './link.js';
import { Schema } from './model.js';
import type { FileNode } from './nodes.js';
import { parseProto } from './parse-proto.js';
import { fileOfProtobufjs } from './protobufjs-json.js';
import { DESCRIPTOR } from './well-known.js';

/**
 * A schema in one of the forms that people have it in: the text of a `.proto` file; texts by file name, where one
 * imports another; the bytes of a FileDescriptorSet (`protoc --descriptor_set_out --include_imports`); the same
 * as ProtoJSON; or protobufjs's JSON, `{ nested: … }`.
 */
export type SchemaSource = string | Uint8Array | Schema | { readonly [name: string]: unknown };

let descriptors: Schema | undefined;
/** Linking takes longer than reading a small file: sources that come again are looked up. */
const linked = new WeakMap<object, Schema>();
let lastText: { readonly text: string; readonly schema: Schema } | undefined;

/** @throws FormatError `options` where the source is no schema */
export function loadSchema(source: SchemaSource): Schema {
  if (source instanceof Schema) return source;
  if (typeof source === 'string') {
    if (lastText?.text !== source)
      lastText = { text: source, schema: linkSchema([parseProto(source, 'schema.proto')]) };
    return lastText.schema;
  }
  if (typeof source !== 'object' || source === null) throw noSchema(`it is a ${typeof source}`);
  const known = linked.get(source);
  if (known !== undefined) return known;
  const schema = linkSchema(filesOf(source));
  linked.set(source, schema);
  return schema;
}

function filesOf(source: Uint8Array | { readonly [name: string]: unknown }): FileNode[] {
  if (source instanceof Uint8Array) return filesOfSet(readSet(source));
  const names = Object.keys(source);
  if (names.length > 0 && names.every((name) => name.endsWith('.proto') && typeof source[name] === 'string'))
    return names.map((name) => parseProto(source[name] as string, name));
  if (typeof source['nested'] === 'object' && source['nested'] !== null) return fileOfProtobufjs(source);
  if (Array.isArray(source['file'])) {
    const type = descriptorSchema().message('google.protobuf.FileDescriptorSet');
    return filesOfSet(
      parseProtoJson(JSON.stringify(source), descriptorSchema(), type, {
        budget: new Budget(),
        ignoreUnknown: true,
      }),
    );
  }
  throw noSchema("it has neither 'file', 'nested' nor names that end in '.proto'");
}

function readSet(bytes: Uint8Array): ValueRecord {
  const type = descriptorSchema().message('google.protobuf.FileDescriptorSet');
  try {
    return readMessage(bytes, type, { budget: new Budget(), unknown: 'drop', defaults: false });
  } catch (error) {
    throw noSchema('the bytes are no FileDescriptorSet', error);
  }
}

function filesOfSet(set: Value): FileNode[] {
  const files = isRecord(set) ? set['file'] : undefined;
  if (!Array.isArray(files) || files.length === 0) throw noSchema('the FileDescriptorSet holds no file');
  return (files as readonly ValueRecord[]).map(fileOfDescriptor);
}

function descriptorSchema(): Schema {
  descriptors ??= linkSchema([parseProto(DESCRIPTOR, 'google/protobuf/descriptor.proto')]);
  return descriptors;
}

function noSchema(state: string, cause?: unknown): FormatError {
  return new FormatError('options', `set option 'schema': ${state}`, {
    format: 'protobuf',
    supported: ['.proto text', 'texts by file name', 'FileDescriptorSet', 'JSON descriptor'],
    cause,
  });
}
