import {
  type Budget,
  FormatError,
  joinBytes,
  NDArray,
  newRecord,
  Pairs,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { DTYPE } from '../message/kinds.js';
import { writeMessage } from '../message/write-message.js';
import type { Field, MessageType, Schema } from '../schema/model.js';
import { DEPTH_LIMIT } from '../wire/spec.js';
import { base64ToBytes } from './base64.js';
import { floatOf, wholeOf } from './numbers.js';
import { parseDuration, parseTimestamp, type SecondsAndNanos } from './times.js';
import { type JsonNode, JsonNumber, parseJson } from './tokens.js';
import { EMPTY, NULL_VALUE, wellKnownOf } from './well-known.js';

export interface ParseJsonOptions {
  readonly budget: Budget;
  /** Leaves out members and enum names that the schema lacks, instead of refusing them. */
  readonly ignoreUnknown: boolean;
}

type Members = { [name: string]: Value };

/** An enum's name that is unknown, and to be left out. */
const IGNORED = Symbol('ignored');

const RANGES: Readonly<Partial<Record<Field['kind'], readonly [bigint, bigint]>>> = {
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  sint32: [-(2n ** 31n), 2n ** 31n - 1n],
  sfixed32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint32: [0n, 2n ** 32n - 1n],
  fixed32: [0n, 2n ** 32n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  sint64: [-(2n ** 63n), 2n ** 63n - 1n],
  sfixed64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  fixed64: [0n, 2n ** 64n - 1n],
};

/**
 * ProtoJSON as a record, the same as reading the binary form gives (protobuf.dev, "ProtoJSON Format").
 *
 * @throws FormatError `corrupt` for what is no JSON or does not fit the message, `limit`
 */
export function parseProtoJson(
  text: string,
  schema: Schema,
  type: MessageType,
  options: ParseJsonOptions,
): ValueRecord {
  return new JsonReader(schema, options.ignoreUnknown).message(
    parseJson(text, options.budget),
    type,
    1,
    type.fullName,
  );
}

class JsonReader {
  readonly #schema: Schema;
  readonly #ignore: boolean;

  constructor(schema: Schema, ignoreUnknown: boolean) {
    this.#schema = schema;
    this.#ignore = ignoreUnknown;
  }

  message(node: JsonNode, type: MessageType, depth: number, where: string): ValueRecord {
    if (depth > DEPTH_LIMIT) throw wrong(where, `messages nest ${DEPTH_LIMIT} levels`);
    switch (wellKnownOf(type.fullName)) {
      case 'Any':
        return this.#any(node, depth, where);
      case 'Timestamp':
        return timeRecord(typeof node === 'string' ? parseTimestamp(node) : undefined, where);
      case 'Duration':
        return timeRecord(typeof node === 'string' ? parseDuration(node) : undefined, where);
      case 'FieldMask':
        return record({ paths: this.#mask(node, where) });
      case 'Struct':
        return record({ fields: this.#struct(node, depth, where) });
      case 'Value':
        return this.#value(node, depth, where);
      case 'ListValue':
        if (!Array.isArray(node)) throw wrong(where, 'a list is missing');
        return record({ values: node.map((item: JsonNode) => this.#value(item, depth + 1, where)) });
      case 'wrapper':
        return record({ value: this.#single(type.byName.get('value')!, node, depth, where) as Value });
      default:
        return this.#members(node, type, depth, where);
    }
  }

  #members(node: JsonNode, type: MessageType, depth: number, where: string, skip?: string): ValueRecord {
    if (!(node instanceof Map)) throw wrong(where, `an object for ${type.fullName} is missing`);
    const into: Members = newRecord();
    const seen = new Set<Field>();
    for (const [name, value] of node as ReadonlyMap<string, JsonNode>) {
      if (name === skip) continue;
      const field = type.byName.get(name);
      if (field === undefined) {
        if (this.#ignore) continue;
        throw wrong(where, `message ${type.fullName} has no field '${name}'`);
      }
      if (seen.has(field)) throw wrong(where, `field '${field.name}' comes twice`);
      seen.add(field);
      const content = this.#field(field, value, depth, `${where}.${field.name}`);
      if (content === undefined) continue;
      if (field.others.some((other) => into[other.key] !== undefined))
        throw wrong(where, `oneof '${field.oneof}' is set twice`);
      into[field.key] = content;
    }
    return into;
  }

  #field(field: Field, node: JsonNode, depth: number, where: string): Value | undefined {
    if (node === null && !takesNull(field)) return undefined;
    if (node === null && field.repeated) return undefined;
    if (field.map !== undefined) return this.#map(field.map, node, depth, where);
    if (!field.repeated) {
      const value = this.#single(field, node, depth, where);
      return value === IGNORED ? undefined : (value as Value);
    }
    if (!Array.isArray(node)) throw wrong(where, 'a list is missing');
    const items: Value[] = [];
    for (const item of node as readonly JsonNode[]) {
      if (item === null && !takesNull(field)) throw wrong(where, 'an element is null');
      const value = this.#single(field, item, depth, where);
      if (value !== IGNORED) items.push(value as Value);
    }
    return arrayOf(field, items);
  }

  #map(
    { key, value }: { readonly key: Field; readonly value: Field },
    node: JsonNode,
    depth: number,
    where: string,
  ): Value {
    if (!(node instanceof Map)) throw wrong(where, 'an object is missing');
    const entries: [Value, Value][] = [];
    for (const [name, item] of node as ReadonlyMap<string, JsonNode>) {
      if (item === null && !takesNull(value)) throw wrong(where, `the value of '${name}' is null`);
      const content = this.#single(value, item, depth, where);
      if (content !== IGNORED) entries.push([this.#key(key, name, where), content as Value]);
    }
    if (key.kind !== 'string') return new Pairs(entries);
    const map: Members = newRecord();
    for (const [name, item] of entries) map[name as string] = item;
    return map;
  }

  #key(field: Field, name: string, where: string): Value {
    if (field.kind === 'string') return name;
    if (field.kind === 'bool') {
      if (name !== 'true' && name !== 'false') throw wrong(where, `'${name}' is no bool`);
      return name === 'true';
    }
    return this.#single(field, name, 0, where) as Value;
  }

  #single(field: Field, node: JsonNode, depth: number, where: string): Value | typeof IGNORED {
    switch (field.kind) {
      case 'message':
        return this.message(node, field.message!, depth + 1, where);
      case 'enum':
        return this.#enum(field, node, where);
      case 'bool':
        if (typeof node !== 'boolean') throw wrong(where, 'true or false is missing');
        return node;
      case 'string':
        if (typeof node !== 'string') throw wrong(where, 'a text is missing');
        return node;
      case 'bytes': {
        const bytes = typeof node === 'string' ? base64ToBytes(node) : undefined;
        if (bytes === undefined) throw wrong(where, 'base64 is missing');
        return bytes;
      }
      case 'float':
      case 'double': {
        const value = floatOf(node, field.kind === 'float');
        if (value === undefined) throw wrong(where, `a ${field.kind} is missing`);
        return field.kind === 'float' ? Math.fround(value) : value;
      }
      default: {
        const value = wholeOf(node);
        const [least, most] = RANGES[field.kind]!;
        if (value === undefined || value < least || value > most) throw wrong(where, `no ${field.kind}`);
        return field.kind.endsWith('64') ? value : Number(value);
      }
    }
  }

  #enum(field: Field, node: JsonNode, where: string): Value | typeof IGNORED {
    const type = field.enumeration!;
    if (node === null && type.fullName === NULL_VALUE) return type.names.get(0) ?? 0;
    if (typeof node === 'string') {
      const number = type.numbers.get(node);
      if (number !== undefined) return type.names.get(number)!;
      if (this.#ignore) return IGNORED;
      throw wrong(where, `enum ${type.fullName} has no '${node}'`);
    }
    const number = node instanceof JsonNumber ? wholeOf(node) : undefined;
    if (number === undefined || BigInt.asIntN(32, number) !== number)
      throw wrong(where, `no ${type.fullName}`);
    const name = type.names.get(Number(number));
    if (name === undefined && type.closed) {
      if (this.#ignore) return IGNORED;
      throw wrong(where, `enum ${type.fullName} has no ${number}`);
    }
    return name ?? Number(number);
  }

  #any(node: JsonNode, depth: number, where: string): ValueRecord {
    if (!(node instanceof Map)) throw wrong(where, 'an object is missing');
    if (node.size === 0) return newRecord();
    const url = (node as ReadonlyMap<string, JsonNode>).get('@type');
    if (typeof url !== 'string' || !url.includes('/')) throw wrong(where, "'@type' is missing");
    const type = this.#schema.messages.get(url.slice(url.lastIndexOf('/') + 1));
    if (type === undefined) throw wrong(where, `the schema has no message for '${url}'`);
    const own = wellKnownOf(type.fullName) !== undefined || type.fullName === EMPTY;
    const message = own
      ? this.message((node as ReadonlyMap<string, JsonNode>).get('value') ?? null, type, depth + 1, where)
      : this.#members(node, type, depth + 1, where, '@type');
    return record({ type_url: url, value: joinBytes(writeMessage(message, type)) });
  }

  #struct(node: JsonNode, depth: number, where: string): Value {
    if (depth > DEPTH_LIMIT) throw wrong(where, `messages nest ${DEPTH_LIMIT} levels`);
    if (!(node instanceof Map)) throw wrong(where, 'an object is missing');
    const fields: Members = newRecord();
    for (const [name, item] of node as ReadonlyMap<string, JsonNode>)
      fields[name] = this.#value(item, depth + 1, where);
    return fields;
  }

  #value(node: JsonNode, depth: number, where: string): ValueRecord {
    if (depth > DEPTH_LIMIT) throw wrong(where, `messages nest ${DEPTH_LIMIT} levels`);
    if (node === null) return record({ null_value: 'NULL_VALUE' });
    if (typeof node === 'boolean') return record({ bool_value: node });
    if (typeof node === 'string') return record({ string_value: node });
    if (node instanceof JsonNumber) {
      const number = floatOf(node, false);
      if (number === undefined) throw wrong(where, `${node.text} is no double`);
      return record({ number_value: number });
    }
    if (Array.isArray(node))
      return record({
        list_value: record({
          values: (node as readonly JsonNode[]).map((item) => this.#value(item, depth + 2, where)),
        }),
      });
    return record({ struct_value: record({ fields: this.#struct(node, depth + 1, where) }) });
  }

  /** `fooBar,baz` → `foo_bar`, `baz`. */
  #mask(node: JsonNode, where: string): Value {
    if (typeof node !== 'string') throw wrong(where, 'a text is missing');
    if (node === '') return [];
    return node.split(',').map((path) => {
      if (path.includes('_')) throw wrong(where, `'${path}' is no path of a FieldMask`);
      return path.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
    });
  }
}

/** Repeated numbers are arrays, as reading the binary form gives them. */
function arrayOf(field: Field, items: Value[]): Value {
  const dtype = DTYPE[field.kind];
  if (dtype === undefined) return items;
  const shape = [items.length];
  switch (dtype) {
    case 'int64':
      return new NDArray({ dtype, shape, data: BigInt64Array.from(items as bigint[]) });
    case 'uint64':
      return new NDArray({ dtype, shape, data: BigUint64Array.from(items as bigint[]) });
    case 'bool':
      return new NDArray({ dtype, shape, data: Uint8Array.from(items, (item) => (item === true ? 1 : 0)) });
    case 'float64':
      return new NDArray({ dtype, shape, data: Float64Array.from(items as number[]) });
    case 'float32':
      return new NDArray({ dtype, shape, data: Float32Array.from(items as number[]) });
    case 'uint32':
      return new NDArray({ dtype, shape, data: Uint32Array.from(items as number[]) });
    default:
      return new NDArray({ dtype: 'int32', shape, data: Int32Array.from(items as number[]) });
  }
}

function takesNull(field: Field): boolean {
  return field.message?.fullName === 'google.protobuf.Value' || field.enumeration?.fullName === NULL_VALUE;
}

function timeRecord(time: SecondsAndNanos | undefined, where: string): ValueRecord {
  if (time === undefined) throw wrong(where, 'a time of this type is missing');
  return record({ seconds: time.seconds, nanos: time.nanos });
}

function record(members: { readonly [name: string]: Value }): ValueRecord {
  return Object.assign(newRecord(), members);
}

function wrong(where: string, state: string): FormatError {
  return new FormatError('corrupt', `read ProtoJSON '${where}': ${state}`, { format: 'protobuf' });
}
