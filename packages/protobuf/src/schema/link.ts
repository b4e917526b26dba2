import { FormatError } from '@formatlab/core';
import { LARGEST_FIELD } from '../wire/spec.js';
import {
  type EnumType,
  type Field,
  type FieldKind,
  type MessageType,
  type ScalarName,
  Schema,
} from './model.js';
import type { EnumNode, FeatureNode, FieldNode, FileNode, MessageNode } from './nodes.js';
import { parseProto } from './parse-proto.js';
import { WELL_KNOWN } from './well-known.js';

const SCALARS: ReadonlySet<string> = new Set<ScalarName>([
  'double',
  'float',
  'int32',
  'int64',
  'uint32',
  'uint64',
  'sint32',
  'sint64',
  'fixed32',
  'fixed64',
  'sfixed32',
  'sfixed64',
  'bool',
  'string',
  'bytes',
]);

/** What a file of each syntax does where nothing else is said (editions, "Feature Settings for Editions"). */
const DEFAULTS: Readonly<Record<string, FeatureNode>> = {
  proto2: {
    field_presence: 'EXPLICIT',
    enum_type: 'CLOSED',
    repeated_field_encoding: 'EXPANDED',
    utf8_validation: 'NONE',
    message_encoding: 'LENGTH_PREFIXED',
  },
  proto3: {
    field_presence: 'IMPLICIT',
    enum_type: 'OPEN',
    repeated_field_encoding: 'PACKED',
    utf8_validation: 'VERIFY',
    message_encoding: 'LENGTH_PREFIXED',
  },
  edition: {
    field_presence: 'EXPLICIT',
    enum_type: 'OPEN',
    repeated_field_encoding: 'PACKED',
    utf8_validation: 'VERIFY',
    message_encoding: 'LENGTH_PREFIXED',
  },
};

/**
 * One schema of several files. Well-known types are there without a file of theirs.
 *
 * @throws FormatError `options` for a name that is not declared, or declared twice
 */
export function linkSchema(files: readonly FileNode[]): Schema {
  return new Linker().link(files);
}

interface Declared {
  readonly node: MessageNode;
  readonly type: MessageType;
  readonly features: FeatureNode;
  readonly edition: string;
}

class Linker {
  readonly #messages = new Map<string, MessageType>();
  readonly #enums = new Map<string, EnumType>();
  readonly #declared: Declared[] = [];
  readonly #extensions: {
    readonly node: FieldNode;
    readonly scope: string;
    readonly features: FeatureNode;
    readonly edition: string;
  }[] = [];
  readonly #own: MessageType[] = [];

  link(files: readonly FileNode[]): Schema {
    const known = Object.entries(WELL_KNOWN)
      .filter(([name]) => !files.some((file) => file.name === name))
      .map(([name, text]) => parseProto(text, name));
    for (const file of known) this.#declareFile(file, false);
    for (const file of files) this.#declareFile(file, true);
    for (const declared of this.#declared) this.#fill(declared);
    for (const extension of this.#extensions) this.#extend(extension);
    for (const type of this.#messages.values()) finish(type);
    return new Schema(this.#messages, this.#enums, this.#own);
  }

  #declareFile(file: FileNode, own: boolean): void {
    const base = DEFAULTS[file.edition] ?? DEFAULTS['edition']!;
    const features = { ...base, ...file.features };
    for (const node of file.messages) this.#declare(node, file.package, features, file.edition, own);
    for (const node of file.enums) this.#declareEnum(node, file.package, features);
    for (const node of file.extensions)
      this.#extensions.push({ node, scope: file.package, features, edition: file.edition });
  }

  #declare(node: MessageNode, scope: string, outer: FeatureNode, edition: string, own: boolean): void {
    const fullName = join(scope, node.name);
    const features = { ...outer, ...node.features };
    const type: MessageType = {
      fullName,
      fields: [],
      byNumber: new Map(),
      byName: new Map(),
      required: [],
      messageSet: node.messageSet,
      mapEntry: node.mapEntry,
    };
    if (this.#messages.has(fullName) || this.#enums.has(fullName)) throw twice(fullName);
    this.#messages.set(fullName, type);
    if (own && !node.mapEntry) this.#own.push(type);
    this.#declared.push({ node, type, features, edition });
    for (const inner of node.messages) this.#declare(inner, fullName, features, edition, own);
    for (const inner of node.enums) this.#declareEnum(inner, fullName, features);
    for (const inner of node.extensions)
      this.#extensions.push({ node: inner, scope: fullName, features, edition });
  }

  #declareEnum(node: EnumNode, scope: string, outer: FeatureNode): void {
    const fullName = join(scope, node.name);
    if (this.#messages.has(fullName) || this.#enums.has(fullName)) throw twice(fullName);
    const names = new Map<number, string>();
    for (const [name, number] of node.values) if (!names.has(number)) names.set(number, name);
    const features = { ...outer, ...node.features };
    this.#enums.set(fullName, {
      fullName,
      values: node.values,
      numbers: new Map(node.values),
      names,
      closed: features['enum_type'] === 'CLOSED',
    });
  }

  #fill({ node, type, features, edition }: Declared): void {
    for (const field of node.fields) {
      const made = this.#field(field, type.fullName, features, edition);
      if (type.byNumber.has(made.number)) {
        throw new FormatError(
          'options',
          `read schema: message ${type.fullName} has field ${made.number} twice`,
          {
            format: 'protobuf',
          },
        );
      }
      add(type, made);
    }
  }

  #extend(extension: {
    readonly node: FieldNode;
    readonly scope: string;
    readonly features: FeatureNode;
    readonly edition: string;
  }): void {
    const { node, scope, features, edition } = extension;
    const target = this.#messages.get(this.#resolve(node.extendee ?? '', scope));
    if (target === undefined) throw unknown(node.extendee ?? '', scope);
    add(target, this.#field(node, scope, features, edition));
  }

  #field(node: FieldNode, scope: string, outer: FeatureNode, edition: string): Field {
    if (!(node.number >= 1 && node.number <= LARGEST_FIELD)) {
      throw new FormatError(
        'options',
        `read schema: field ${join(scope, node.name)} has number ${node.number}`,
        {
          format: 'protobuf',
        },
      );
    }
    const features = { ...outer, ...node.features };
    const { kind, message, enumeration } =
      node.map === undefined
        ? this.#type(node.type, scope)
        : { kind: 'message' as const, message: undefined, enumeration: undefined };
    const entry = message?.mapEntry === true ? this.#entryOf(message) : undefined;
    const map = node.map === undefined ? entry : this.#mapOf(node.map, scope, features, edition);
    const repeated = node.label === 'repeated';
    const extension = node.extendee !== undefined;
    const packable = repeated && kind !== 'string' && kind !== 'bytes' && kind !== 'message';
    return {
      name: node.name,
      jsonName: node.jsonName ?? jsonNameOf(node.name),
      key: extension ? `[${join(scope, node.name)}]` : node.name,
      number: node.number,
      kind,
      message,
      enumeration,
      repeated,
      packed: packable && (node.packed ?? features['repeated_field_encoding'] === 'PACKED'),
      delimited:
        node.group ||
        (kind === 'message' && map === undefined && features['message_encoding'] === 'DELIMITED'),
      presence: presenceOf(node, kind, features, repeated),
      validateUtf8: kind === 'string' && features['utf8_validation'] === 'VERIFY',
      oneof: node.oneof,
      others: [],
      map,
      default: node.default,
      extension,
    };
  }

  #mapOf(
    map: NonNullable<FieldNode['map']>,
    scope: string,
    features: FeatureNode,
    edition: string,
  ): { key: Field; value: Field } {
    const part = (name: string, number: number, type: string): Field =>
      this.#field(
        {
          name,
          number,
          label: 'optional',
          type,
          group: false,
          optional: true,
          features: { message_encoding: 'LENGTH_PREFIXED' },
        },
        scope,
        features,
        edition,
      );
    return { key: part('key', 1, map.key), value: part('value', 2, map.value) };
  }

  /** A map as a descriptor has it: a repeated message of key and value, whose fields may not be filled in yet. */
  #entryOf(message: MessageType): { key: Field; value: Field } | undefined {
    if (message.byNumber.size === 0) {
      const declared = this.#declared.find(({ type }) => type === message);
      if (declared !== undefined) this.#fillEarly(declared);
    }
    const key = message.byNumber.get(1);
    const value = message.byNumber.get(2);
    return key === undefined || value === undefined
      ? undefined
      : { key: { ...key, presence: 'explicit' }, value: { ...value, presence: 'explicit' } };
  }

  #fillEarly(declared: Declared): void {
    this.#fill(declared);
    this.#declared.splice(this.#declared.indexOf(declared), 1, {
      ...declared,
      node: { ...declared.node, fields: [] },
    });
  }

  #type(
    name: string,
    scope: string,
  ): { kind: FieldKind; message: MessageType | undefined; enumeration: EnumType | undefined } {
    // The set above holds the names of that type.
    if (SCALARS.has(name)) return { kind: name as ScalarName, message: undefined, enumeration: undefined };
    const found = this.#resolve(name, scope);
    const message = this.#messages.get(found);
    if (message !== undefined) return { kind: 'message', message, enumeration: undefined };
    return { kind: 'enum', message: undefined, enumeration: this.#enums.get(found)! };
  }

  /** From the innermost scope outwards, as in C++ (language guide, "Name Resolution"). */
  #resolve(name: string, scope: string): string {
    if (name.startsWith('.')) {
      const full = name.slice(1);
      if (this.#has(full)) return full;
      throw unknown(name, scope);
    }
    let within = scope;
    while (true) {
      const candidate = join(within, name);
      if (this.#has(candidate)) return candidate;
      if (within === '') throw unknown(name, scope);
      within = within.slice(0, Math.max(0, within.lastIndexOf('.')));
    }
  }

  #has(fullName: string): boolean {
    return this.#messages.has(fullName) || this.#enums.has(fullName);
  }
}

function presenceOf(
  node: FieldNode,
  kind: FieldKind,
  features: FeatureNode,
  repeated: boolean,
): Field['presence'] {
  if (node.label === 'required' || (features['field_presence'] === 'LEGACY_REQUIRED' && !repeated))
    return 'required';
  if (kind === 'message' || node.optional || node.oneof !== undefined || node.extendee !== undefined)
    return 'explicit';
  return features['field_presence'] === 'IMPLICIT' ? 'implicit' : 'explicit';
}

function add(type: MessageType, field: Field): void {
  type.fields.push(field);
  type.byNumber.set(field.number, field);
  if (field.extension) type.byName.set(field.key, field);
  else {
    type.byName.set(field.name, field);
    if (!type.byName.has(field.jsonName)) type.byName.set(field.jsonName, field);
  }
}

function finish(type: MessageType): void {
  type.fields.sort((a, b) => a.number - b.number);
  type.required = type.fields.filter((field) => field.presence === 'required');
  for (const field of type.fields) {
    if (field.oneof !== undefined)
      field.others = type.fields.filter((other) => other !== field && other.oneof === field.oneof);
  }
}

/** `field_name` → `fieldName` (ProtoJSON, "JSON name"). */
function jsonNameOf(name: string): string {
  return name.replace(/_+([^_]?)/g, (_all, letter: string) => letter.toUpperCase());
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}

function unknown(name: string, scope: string): FormatError {
  return new FormatError(
    'options',
    `read schema: '${name}' in ${scope === '' ? 'the file' : scope} is not declared; give the imported files too`,
    { format: 'protobuf', found: name },
  );
}

function twice(name: string): FormatError {
  return new FormatError('options', `read schema: '${name}' is declared twice`, { format: 'protobuf' });
}
