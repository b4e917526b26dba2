import {
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  joinPath,
  type NDArray,
  toCOrder,
  toNested,
  toRows,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { Field, MessageType } from '../schema/model.js';
import { DEPTH_LIMIT, EGROUP, LITTLE_ENDIAN_HOST, SGROUP, swapped } from '../wire/spec.js';
import { WireWriter } from '../wire/writer.js';
import { DTYPE, UNKNOWN, WIRE_TYPE } from './kinds.js';
import { isDefault, misfit, writeScalar, writeZigzag } from './scalars.js';

/** Sub-messages of a message set are groups of field 1 (descriptor.proto, `message_set_wire_format`). */
const MESSAGE_SET_ITEM = 1;
const MESSAGE_SET_TYPE = 2;
const MESSAGE_SET_CONTENT = 3;

/**
 * A record as a message: fields by number, unknown fields behind them. Long data is a piece of its own.
 *
 * @throws FormatError `unsupported` for a member that the message has not, or whose value does not fit
 */
export function writeMessage(value: Value, type: MessageType): Uint8Array[] {
  const w = new WireWriter();
  new MessageWriter(w).message(value, type, 1);
  return w.finish();
}

/** Writes messages of any type in front of what was written. */
export class MessageWriter {
  readonly #w: WireWriter;
  readonly #names: (string | number)[] = [];
  readonly #path = (): string => joinPath(this.#names.map(String));

  constructor(writer: WireWriter) {
    this.#w = writer;
  }

  message(value: Value, type: MessageType, depth: number): void {
    if (depth > DEPTH_LIMIT) {
      throw new FormatError(
        'unsupported',
        `write '${this.#path().slice(0, 60)}': messages nest ${DEPTH_LIMIT} levels`,
        {
          format: 'protobuf',
          feature: 'depth',
        },
      );
    }
    const record = this.#record(value, type);
    const unknown = record[UNKNOWN];
    if (unknown instanceof Uint8Array) this.#w.raw(unknown);
    let found = unknown instanceof Uint8Array ? 1 : 0;
    for (let i = type.fields.length - 1; i >= 0; i--) {
      const field = type.fields[i]!;
      let member = record[field.key];
      if (member === undefined && field.jsonName !== field.key) {
        member = record[field.jsonName];
        if (type.byName.get(field.jsonName) !== field) member = undefined;
      }
      if (member === undefined) {
        if (field.presence === 'required') this.#missing(type, field);
        continue;
      }
      found++;
      if (member === null) continue;
      this.#names.push(field.name);
      if (type.messageSet && field.message !== undefined) this.#messageSetItem(field, member, depth);
      else this.#field(field, member, depth);
      this.#names.pop();
    }
    if (found < countMembers(record)) this.#refuseStrangers(record, type);
  }

  /** One field of a message whose other fields the caller writes. */
  field(field: Field, value: Value, name: string): void {
    if (value === null) return;
    this.#names.push(name);
    this.#field(field, value, 1);
    this.#names.pop();
  }

  #record(value: Value, type: MessageType): ValueRecord {
    if (isRecord(value)) return value;
    if (
      value instanceof Date &&
      type.fullName === 'google.protobuf.Timestamp' &&
      !Number.isNaN(value.getTime())
    ) {
      const seconds = Math.floor(value.getTime() / 1000);
      return { seconds: BigInt(seconds), nanos: (value.getTime() - 1000 * seconds) * 1e6 };
    }
    const path = this.#path();
    throw new FormatError('unsupported', `write '${path}': a message ${type.fullName} is made of a record`, {
      format: 'protobuf',
      path,
    });
  }

  #field(field: Field, value: Value, depth: number): void {
    if (field.map !== undefined) this.#map(field, value, depth);
    else if (field.repeated) this.#repeated(field, value, depth);
    else if (field.presence !== 'implicit' || !isDefault(field, value)) this.#single(field, value, depth);
  }

  #single(field: Field, value: Value, depth: number): void {
    const w = this.#w;
    if (field.kind !== 'message') {
      writeScalar(w, field, value, this.#path);
      w.tag(field.number, WIRE_TYPE[field.kind]);
      return;
    }
    if (field.delimited) {
      w.tag(field.number, EGROUP);
      this.message(value, field.message!, depth + 1);
      w.tag(field.number, SGROUP);
      return;
    }
    const mark = w.length;
    this.message(value, field.message!, depth + 1);
    w.close(mark, field.number);
  }

  #repeated(field: Field, value: Value, depth: number): void {
    const w = this.#w;
    if (isNDArray(value) && value.shape.length === 1 && field.packed && value.size > 0) {
      const mark = w.length;
      if (writeArray(w, field, toCOrder(value))) {
        w.close(mark, field.number);
        return;
      }
    }
    const items = this.#items(field, value);
    const mark = w.length;
    for (let i = items.length - 1; i >= 0; i--) {
      this.#names.push(i);
      if (field.packed) writeScalar(w, field, items[i]!, this.#path);
      else this.#single(field, items[i]!, depth);
      this.#names.pop();
    }
    if (field.packed && items.length > 0) w.close(mark, field.number);
  }

  #items(field: Field, value: Value): readonly Value[] {
    if (Array.isArray(value)) return value;
    if (isTable(value) && field.kind === 'message') return toRows(value).map(withoutNulls);
    if (isNDArray(value) && value.shape.length === 1) return toNested(value) as readonly Value[];
    throw misfit(value, field, this.#path);
  }

  #map(field: Field, value: Value, depth: number): void {
    const w = this.#w;
    const { key: keyField, value: valueField } = field.map!;
    const entries = isPairs(value) ? value.entries : isRecord(value) ? entriesOf(value, keyField) : undefined;
    if (entries === undefined) throw misfit(value, field, this.#path);
    for (let i = entries.length - 1; i >= 0; i--) {
      const [key, item] = entries[i]!;
      this.#names.push(String(key));
      const mark = w.length;
      this.#single(valueField, item, depth + 1);
      this.#single(keyField, key, depth + 1);
      w.close(mark, field.number);
      this.#names.pop();
    }
  }

  #messageSetItem(field: Field, value: Value, depth: number): void {
    const w = this.#w;
    w.tag(MESSAGE_SET_ITEM, EGROUP);
    const mark = w.length;
    this.message(value, field.message!, depth + 2);
    w.close(mark, MESSAGE_SET_CONTENT);
    w.uint32(field.number);
    w.tag(MESSAGE_SET_TYPE, 0);
    w.tag(MESSAGE_SET_ITEM, SGROUP);
  }

  #missing(type: MessageType, field: Field): never {
    const path = this.#path();
    throw new FormatError(
      'unsupported',
      `write '${path}': required field '${field.name}' of ${type.fullName} is missing`,
      { format: 'protobuf', path },
    );
  }

  #refuseStrangers(record: ValueRecord, type: MessageType): void {
    const strange = Object.keys(record).find(
      (name) => name !== UNKNOWN && type.byName.get(name) === undefined,
    );
    if (strange === undefined) return;
    const path = joinPath([...this.#names.map(String), strange]);
    throw new FormatError('unsupported', `write '${path}': message ${type.fullName} has no such field`, {
      format: 'protobuf',
      path,
      supported: type.fields.slice(0, 20).map((field) => field.key),
    });
  }
}

function countMembers(record: ValueRecord): number {
  const names = Object.keys(record);
  let count = names.length;
  for (let i = 0; i < names.length; i++) if (record[names[i]!] === undefined) count--;
  return count;
}

/** A record's names are text; keys of other kinds are read from it. */
function entriesOf(record: ValueRecord, key: Field): readonly (readonly [Value, Value])[] {
  const convert = (name: string): Value => {
    if (key.kind === 'string') return name;
    if (key.kind === 'bool') return name === 'true' ? true : name === 'false' ? false : name;
    return /^-?\d+$/.test(name) ? BigInt(name) : name;
  };
  return Object.keys(record).map((name) => [convert(name), record[name]!] as const);
}

/** Null cells are fields that are not there. */
function withoutNulls(row: ValueRecord): ValueRecord {
  return Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null));
}

/** Packed numbers straight from a typed array; false, and nothing is written, where they need conversion. */
export function writeArray(w: WireWriter, field: Field, array: NDArray): boolean {
  if (DTYPE[field.kind] !== array.dtype) return false;
  // The dtypes of DTYPE are kept in typed arrays.
  const data = array.data as Uint8Array;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  switch (field.kind) {
    case 'double':
    case 'float':
    case 'fixed32':
    case 'fixed64':
    case 'sfixed32':
    case 'sfixed64':
      w.raw(LITTLE_ENDIAN_HOST ? bytes : swapped(bytes, data.BYTES_PER_ELEMENT));
      return true;
    case 'bool':
      for (let i = data.length - 1; i >= 0; i--) w.byte(data[i] === 0 ? 0 : 1);
      return true;
    case 'int32':
      for (let i = data.length - 1; i >= 0; i--) w.int32(data[i]!);
      return true;
    case 'uint32':
      for (let i = data.length - 1; i >= 0; i--) w.uint32(data[i]!);
      return true;
    case 'sint32':
      for (let i = data.length - 1; i >= 0; i--) w.uint32(((data[i]! << 1) ^ (data[i]! >> 31)) >>> 0);
      return true;
    default: {
      const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
      const first = LITTLE_ENDIAN_HOST ? 0 : 1;
      for (let i = data.length - 1; i >= 0; i--) {
        const lo = halves[2 * i + first]!;
        const hi = halves[2 * i + 1 - first]!;
        if (field.kind === 'sint64') writeZigzag(w, lo, hi);
        else w.varint(lo, hi);
      }
      return true;
    }
  }
}
