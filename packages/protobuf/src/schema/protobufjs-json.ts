import { FormatError } from '@formatlab/core';
import { type FieldNode, type FileNode, fileNode, type MessageNode, messageNode } from './nodes.js';

type Json = { readonly [name: string]: unknown };

const DEEPEST = 64;

/** protobufjs's JSON of a root: `{ nested: { pkg: { nested: { Message: { fields } } } } }`. */
export function fileOfProtobufjs(root: Json): FileNode[] {
  const files: FileNode[] = [];
  namespace(root, '', files, 0, editionOf(root, 'proto3'));
  return files;
}

function namespace(node: Json, scope: string, files: FileNode[], depth: number, edition: string): void {
  if (depth > DEEPEST)
    throw new FormatError('options', 'read schema: namespaces are nested too deep', { format: 'protobuf' });
  const file = fileNode(`${scope}.json`);
  file.package = scope;
  file.edition = editionOf(node, edition);
  for (const [name, inner] of Object.entries(objectOf(node['nested']))) {
    const item = objectOf(inner);
    if (item['fields'] !== undefined) file.messages.push(message(name, item, depth));
    else if (item['values'] !== undefined) file.enums.push(enumeration(name, item));
    else if (item['id'] !== undefined) file.extensions.push(field(name, item, undefined));
    else if (item['methods'] === undefined)
      namespace(item, scope === '' ? name : `${scope}.${name}`, files, depth + 1, file.edition);
  }
  files.push(file);
}

function message(name: string, item: Json, depth: number): MessageNode {
  if (depth > DEEPEST)
    throw new FormatError('options', 'read schema: messages are nested too deep', { format: 'protobuf' });
  const node = messageNode(name);
  const oneofs = new Map<string, string>();
  for (const [oneof, body] of Object.entries(objectOf(item['oneofs']))) {
    const members = objectOf(body)['oneof'];
    if (Array.isArray(members)) for (const member of members) oneofs.set(String(member), oneof);
  }
  for (const [fieldName, body] of Object.entries(objectOf(item['fields'])))
    node.fields.push(field(fieldName, objectOf(body), oneofs.get(fieldName)));
  for (const [innerName, body] of Object.entries(objectOf(item['nested']))) {
    const inner = objectOf(body);
    if (inner['fields'] !== undefined) node.messages.push(message(innerName, inner, depth + 1));
    else if (inner['values'] !== undefined) node.enums.push(enumeration(innerName, inner));
    else if (inner['id'] !== undefined) node.extensions.push(field(innerName, inner, undefined));
  }
  return node;
}

function field(name: string, item: Json, oneof: string | undefined): FieldNode {
  const options = objectOf(item['options']);
  const optional = options['proto3_optional'] === true;
  const rule = item['rule'];
  const type = String(item['type']);
  const node: FieldNode = {
    name,
    number: Number(item['id']),
    label:
      item['keyType'] !== undefined || rule === 'repeated'
        ? 'repeated'
        : rule === 'required'
          ? 'required'
          : 'optional',
    type,
    group: false,
    optional,
    features: {},
    ...(oneof === undefined || optional ? {} : { oneof }),
    ...(item['keyType'] === undefined
      ? {}
      : { map: { key: String(item['keyType']), value: type, features: {} } }),
    ...(item['extend'] === undefined ? {} : { extendee: String(item['extend']) }),
  };
  if (typeof options['packed'] === 'boolean') node.packed = options['packed'];
  if (options['default'] !== undefined) node.default = String(options['default']);
  if (typeof options['json_name'] === 'string') node.jsonName = options['json_name'];
  return node;
}

function enumeration(name: string, item: Json): FileNode['enums'][number] {
  return {
    name,
    values: Object.entries(objectOf(item['values'])).map(
      ([value, number]) => [value, Number(number)] as const,
    ),
    features: {},
  };
}

function editionOf(node: Json, otherwise: string): string {
  const edition = node['edition'] ?? node['syntax'];
  return typeof edition === 'string' ? edition : otherwise;
}

function objectOf(value: unknown): Json {
  // Only looked at by member, each of which is checked where it is used.
  return typeof value === 'object' && value !== null ? (value as Json) : {};
}
