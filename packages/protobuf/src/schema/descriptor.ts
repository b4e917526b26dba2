import type { Value, ValueRecord } from '@formatlab/core';
import {
  type EnumNode,
  type FeatureNode,
  type FieldNode,
  type FileNode,
  fileNode,
  type MessageNode,
  messageNode,
} from './nodes.js';

/** Edition.EDITION_2023 and later in descriptor.proto; below are proto2 and proto3. */
const FIRST_EDITION = 1000;

/** A FileDescriptorProto as the file that it came from. */
export function fileOfDescriptor(file: ValueRecord): FileNode {
  const node = fileNode(text(file['name']));
  node.package = text(file['package']);
  const edition = file['edition'];
  node.edition =
    typeof edition === 'number' && edition >= FIRST_EDITION ? '2023' : text(file['syntax']) || 'proto2';
  Object.assign(node.features, featuresOf(file));
  node.imports.push(...list(file['dependency']).map((name) => text(name)));
  node.messages.push(...records(file['message_type']).map(messageOf));
  node.enums.push(...records(file['enum_type']).map(enumOf));
  node.extensions.push(...records(file['extension']).map((field) => fieldOf(field, [])));
  return node;
}

function messageOf(message: ValueRecord): MessageNode {
  const node = messageNode(text(message['name']));
  const oneofs = records(message['oneof_decl']).map((oneof) => text(oneof['name']));
  node.fields.push(...records(message['field']).map((field) => fieldOf(field, oneofs)));
  node.messages.push(...records(message['nested_type']).map(messageOf));
  node.enums.push(...records(message['enum_type']).map(enumOf));
  node.extensions.push(...records(message['extension']).map((field) => fieldOf(field, [])));
  Object.assign(node.features, featuresOf(message));
  const options = record(message['options']);
  node.messageSet = options['message_set_wire_format'] === true;
  node.mapEntry = options['map_entry'] === true;
  return node;
}

function fieldOf(field: ValueRecord, oneofs: readonly string[]): FieldNode {
  const type = text(field['type']).replace('TYPE_', '').toLowerCase();
  const named = type === 'message' || type === 'group' || type === 'enum' || type === '' || type === 'none';
  const optional = field['proto3_optional'] === true;
  const index = field['oneof_index'];
  const oneof = typeof index === 'number' && !optional ? oneofs[index] : undefined;
  const label = text(field['label']).replace('LABEL_', '').toLowerCase();
  const node: FieldNode = {
    name: text(field['name']),
    number: Number(field['number'] ?? 0),
    label: label === 'repeated' || label === 'required' ? label : 'optional',
    type: named ? text(field['type_name']) : type,
    group: type === 'group',
    optional,
    features: featuresOf(field),
    ...(oneof === undefined ? {} : { oneof }),
    ...(field['extendee'] === undefined ? {} : { extendee: text(field['extendee']) }),
  };
  const packed = record(field['options'])['packed'];
  if (typeof packed === 'boolean') node.packed = packed;
  if (field['json_name'] !== undefined) node.jsonName = text(field['json_name']);
  if (field['default_value'] !== undefined) node.default = text(field['default_value']);
  return node;
}

function enumOf(node: ValueRecord): EnumNode {
  return {
    name: text(node['name']),
    values: records(node['value']).map(
      (value) => [text(value['name']), Number(value['number'] ?? 0)] as const,
    ),
    features: featuresOf(node),
  };
}

function featuresOf(node: ValueRecord): FeatureNode {
  const features: FeatureNode = {};
  for (const [name, value] of Object.entries(record(record(node['options'])['features']))) {
    if (typeof value === 'string') features[name] = value;
  }
  return features;
}

function text(value: Value | undefined): string {
  return typeof value === 'string' ? value : '';
}

function list(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

/** Members of the descriptors' own message types are records. */
function records(value: Value | undefined): readonly ValueRecord[] {
  return list(value) as readonly ValueRecord[];
}

function record(value: Value | undefined): ValueRecord {
  return (value ?? {}) as ValueRecord;
}
