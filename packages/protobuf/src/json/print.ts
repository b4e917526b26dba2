import {
  Budget,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  toNested,
  toRows,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { readMessage } from '../message/read-message.js';
import { enumNumber, isDefault } from '../message/scalars.js';
import type { Field, MessageType, Schema } from '../schema/model.js';
import { DEPTH_LIMIT } from '../wire/spec.js';
import { bytesToBase64 } from './base64.js';
import { durationText, type SecondsAndNanos, timestampText } from './times.js';
import { EMPTY, NULL_VALUE, wellKnownOf } from './well-known.js';

/**
 * A record as ProtoJSON (protobuf.dev, "ProtoJSON Format"): camelCase names, 64-bit integers as text, bytes as
 * base64, well-known types by their own mappings. Unknown fields have no place there.
 *
 * @throws FormatError `unsupported` for what JSON can't say, such as a timestamp after the year 9999
 */
export function printProtoJson(value: Value, schema: Schema, type: MessageType): string {
  return new JsonPrinter(schema).message(value, type, 1);
}

class JsonPrinter {
  readonly #schema: Schema;

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  message(value: Value, type: MessageType, depth: number): string {
    if (depth > DEPTH_LIMIT) throw refuse(`messages nest ${DEPTH_LIMIT} levels`);
    if (!isRecord(value)) throw refuse(`a message ${type.fullName} is made of a record`);
    switch (wellKnownOf(type.fullName)) {
      case 'Any':
        return this.#any(value, depth);
      case 'Timestamp':
        return this.#time(timestampText(secondsOf(value)), type);
      case 'Duration':
        return this.#time(durationText(secondsOf(value)), type);
      case 'FieldMask':
        return JSON.stringify(listOf(value['paths']).map(maskPath).join(','));
      case 'Struct':
        return this.#struct(value, depth);
      case 'Value':
        return this.#value(value, depth);
      case 'ListValue':
        return `[${listOf(value['values'])
          .map((item) => this.message(item, this.#wellKnown('Value'), depth + 1))
          .join(',')}]`;
      case 'wrapper': {
        const field = type.byName.get('value')!;
        return this.#single(field, value['value'] ?? zeroOf(field), depth);
      }
      default:
        return `{${this.#members(value, type, depth).join(',')}}`;
    }
  }

  #members(record: ValueRecord, type: MessageType, depth: number): string[] {
    const members: string[] = [];
    for (const field of type.fields) {
      const value = record[field.key] ?? record[field.jsonName];
      if (value === undefined || value === null) continue;
      const text = this.#field(field, value, depth);
      if (text !== undefined)
        members.push(`${JSON.stringify(field.extension ? field.key : field.jsonName)}:${text}`);
    }
    return members;
  }

  /** Undefined for what is left out: the defaults of fields without presence, empty lists and maps. */
  #field(field: Field, value: Value, depth: number): string | undefined {
    if (field.map !== undefined) return this.#map(field.map, value, depth);
    if (field.repeated) {
      const items = itemsOf(value);
      return items.length === 0
        ? undefined
        : `[${items.map((item) => this.#single(field, item, depth)).join(',')}]`;
    }
    if (field.presence === 'implicit' && isDefault(field, value)) return undefined;
    return this.#single(field, value, depth);
  }

  #map(map: { readonly value: Field }, value: Value, depth: number): string | undefined {
    const entries = isPairs(value) ? value.entries : isRecord(value) ? Object.entries(value) : [];
    if (entries.length === 0) return undefined;
    return `{${entries.map(([key, item]) => `${JSON.stringify(String(key))}:${this.#single(map.value, item, depth)}`).join(',')}}`;
  }

  #single(field: Field, value: Value, depth: number): string {
    switch (field.kind) {
      case 'message':
        return this.message(value, field.message!, depth + 1);
      case 'enum': {
        if (field.enumeration!.fullName === NULL_VALUE) return 'null';
        const number = enumNumber(value, field, () => field.name);
        const name = field.enumeration!.names.get(number);
        return name === undefined ? String(number) : JSON.stringify(name);
      }
      case 'bytes':
        if (!(value instanceof Uint8Array)) throw refuse(`field '${field.name}' holds bytes`);
        return JSON.stringify(bytesToBase64(value));
      case 'string':
        if (typeof value !== 'string') throw refuse(`field '${field.name}' holds text`);
        return JSON.stringify(value);
      case 'float':
        return numberText(Number(value), true);
      case 'double':
        return numberText(Number(value), false);
      case 'int64':
      case 'uint64':
      case 'sint64':
      case 'fixed64':
      case 'sfixed64':
        return `"${value}"`;
      default:
        return String(value);
    }
  }

  #any(value: ValueRecord, depth: number): string {
    const url = value['type_url'] ?? value['typeUrl'] ?? '';
    const content = value['value'] ?? new Uint8Array(0);
    if (url === '' && content instanceof Uint8Array && content.length === 0) return '{}';
    if (typeof url !== 'string' || !(content instanceof Uint8Array))
      throw refuse('an Any holds a type and bytes');
    const type = this.#schema.messages.get(url.slice(url.lastIndexOf('/') + 1));
    if (type === undefined) throw refuse(`the schema has no message for Any of '${url}'`);
    const message = readMessage(content, type, { budget: new Budget(), unknown: 'drop', defaults: false });
    const head = `"@type":${JSON.stringify(url)}`;
    if (wellKnownOf(type.fullName) !== undefined || type.fullName === EMPTY)
      return `{${head},"value":${this.message(message, type, depth + 1)}}`;
    return `{${[head, ...this.#members(message, type, depth + 1)].join(',')}}`;
  }

  #struct(value: ValueRecord, depth: number): string {
    const fields = value['fields'];
    const members = isRecord(fields) ? Object.entries(fields) : [];
    const type = this.#wellKnown('Value');
    return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${this.message(item, type, depth + 1)}`).join(',')}}`;
  }

  #value(value: ValueRecord, depth: number): string {
    const type = this.#wellKnown('Value');
    const field = type.fields.find((each) => value[each.key] !== undefined);
    if (field === undefined) throw refuse('a google.protobuf.Value holds nothing');
    const content = value[field.key]!;
    if (field.kind === 'double' && !Number.isFinite(content))
      throw refuse(`a google.protobuf.Value can't be ${content}`);
    return this.#single(field, content, depth);
  }

  #time(text: string | undefined, type: MessageType): string {
    if (text === undefined) throw refuse(`a ${type.fullName} is out of range`);
    return `"${text}"`;
  }

  #wellKnown(name: string): MessageType {
    return this.#schema.message(`google.protobuf.${name}`);
  }
}

function secondsOf(value: ValueRecord): SecondsAndNanos {
  return { seconds: BigInt((value['seconds'] ?? 0n) as bigint), nanos: Number(value['nanos'] ?? 0) };
}

/** `foo_bar.baz` → `fooBar.baz`, where that leads back to the same. */
function maskPath(path: Value): string {
  const camel = String(path).replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
  if (typeof path !== 'string' || camel.includes('_') || /[A-Z]/.test(path))
    throw refuse(`path '${path}' of a FieldMask has no JSON name`);
  return camel;
}

function numberText(value: number, single: boolean): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  if (Object.is(value, -0)) return '-0.0';
  if (single) {
    // Six digits where they are enough, else nine: the text that protobuf's own C++ writes.
    const short = Number(value.toPrecision(6));
    return String(Math.fround(short) === Math.fround(value) ? short : Number(value.toPrecision(9)));
  }
  return String(value);
}

function itemsOf(value: Value): readonly Value[] {
  if (isNDArray(value)) return toNested(value) as readonly Value[];
  if (isTable(value)) return toRows(value);
  return listOf(value);
}

function listOf(value: Value | undefined): readonly Value[] {
  return Array.isArray(value) ? value : [];
}

function zeroOf(field: Field): Value {
  if (field.kind === 'bytes') return new Uint8Array(0);
  if (field.kind === 'string') return '';
  if (field.kind === 'bool') return false;
  return field.kind === 'int64' || field.kind === 'uint64' ? 0n : 0;
}

function refuse(state: string): FormatError {
  return new FormatError('unsupported', `write ProtoJSON: ${state}`, { format: 'protobuf' });
}
