import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  decodeProtobuf,
  decodeProtoJson,
  encodeProtobuf,
  encodeProtoJson,
  loadSchema,
  type SchemaSource,
} from '@formatlab/protobuf';
import library from 'protobufjs';
import type { Corpus, CorpusCase } from '../corpus.js';

const FILE = 'protobuf/conformance.shared.jsonl';
const PROTOS = ['test_messages_proto2.proto', 'test_messages_proto3.proto'];

export const protobufCorpus: Corpus = { format: 'protobuf', peer: 'protobufjs', cases };

/** A line of the conformance suite: what goes in, in which form, and what has to come out. */
interface Line {
  readonly name: string;
  readonly message_type: string;
  readonly input: 'protobuf' | 'json' | 'text';
  readonly input_value: string;
  readonly requested_output: 'PROTOBUF' | 'JSON' | 'TEXT_FORMAT';
  readonly category: string;
  readonly expect: 'parse_error' | 'serialize_error' | { readonly value: string };
  readonly cpp_known_failure?: unknown;
}

function* cases(folder: string): Iterable<CorpusCase> {
  const texts = PROTOS.map((name) => [name, readFileSync(join(folder, 'protobuf', name), 'utf8')] as const);
  const schema = loadSchema(Object.fromEntries(texts));
  const lines = readFileSync(join(folder, FILE), 'utf8').trim().split('\n');
  const root = new library.Root();
  for (const name of ['any', 'duration', 'field_mask', 'struct', 'timestamp', 'wrappers']) {
    const known = library.common.get(`google/protobuf/${name}.proto`);
    if (known !== null) root.addJSON(known.nested ?? {});
  }
  for (const [, text] of texts) library.parse(text, root, { keepCase: true });
  root.resolveAll();
  for (const text of lines) {
    const line = JSON.parse(text) as Line;
    if (line.cpp_known_failure) continue;
    const failing = typeof line.expect === 'string';
    yield {
      file: `${FILE}#${line.name}`,
      kind: failing ? 'invalid' : 'valid',
      ours: () => ourAnswer(line, schema),
      peer: () => theirAnswer(line, root),
    };
  }
}

function ourAnswer(line: Line, schema: SchemaSource): string | undefined {
  const options = { schema, type: line.message_type };
  const read = (form: string, value: string): ReturnType<typeof decodeProtobuf> => {
    if (form === 'protobuf')
      return decodeProtobuf(Buffer.from(value, 'base64'), { ...options, defaults: false });
    if (form === 'json')
      return decodeProtoJson(value, { ...options, ignoreUnknown: line.category.includes('IGNORE_UNKNOWN') });
    throw new Error('the text format is not read');
  };
  const write = (value: ReturnType<typeof decodeProtobuf>): string =>
    Buffer.from(encodeProtobuf(value, options)).toString('base64');
  const message = read(line.input, line.input_value);
  if (line.requested_output === 'TEXT_FORMAT') return 'the text format is not written';
  if (line.requested_output === 'JSON') {
    const found = encodeProtoJson(message, options);
    return typeof line.expect === 'string' ? undefined : jsonDifference(found, line.expect.value);
  }
  if (typeof line.expect === 'string') return undefined;
  const found = write(message);
  // Entries of maps have no order: the expected bytes are brought into ours.
  const wanted = line.expect.value;
  if (found === wanted || sorted(found) === sorted(wanted) || found === write(read('protobuf', wanted)))
    return undefined;
  return `${wanted} came back as ${found}`;
}

function theirAnswer(line: Line, root: library.Root): string | undefined {
  const type = root.lookupType(line.message_type);
  if (line.input === 'text' || line.requested_output === 'TEXT_FORMAT') throw new Error('no text format');
  const message =
    line.input === 'json'
      ? type.fromObject(JSON.parse(line.input_value) as Record<string, unknown>)
      : type.decode(Buffer.from(line.input_value, 'base64'));
  if (line.requested_output === 'JSON') {
    const found = JSON.stringify(
      type.toObject(message, { longs: String, enums: String, bytes: String, json: true }),
    );
    return typeof line.expect === 'string' ? undefined : jsonDifference(found, line.expect.value);
  }
  const found = Buffer.from(type.encode(message).finish()).toString('base64');
  if (typeof line.expect === 'string') return undefined;
  const again = Buffer.from(type.encode(type.decode(Buffer.from(line.expect.value, 'base64'))).finish());
  return found === line.expect.value || again.toString('base64') === found
    ? undefined
    : `${line.expect.value} came back as ${found}`;
}

function jsonDifference(found: string, wanted: string): string | undefined {
  return canonical(JSON.parse(found)) === canonical(JSON.parse(wanted))
    ? undefined
    : `${wanted} came back as ${found}`;
}

/** JSON with the members of objects in the order of their names. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(',')}}`;
}

/** The top-level fields in order of their bytes: entries of a map may come in any order. */
function sorted(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  const fields: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const end = endOfField(bytes, at);
    fields.push(bytes.subarray(at, end).toString('hex'));
    at = end;
  }
  return fields.sort().join();
}

function endOfField(bytes: Buffer, start: number): number {
  const reader = library.Reader.create(bytes);
  reader.pos = start;
  reader.skipType(reader.uint32() & 7);
  return reader.pos;
}
