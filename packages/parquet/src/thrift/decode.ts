import type { ByteReader } from '../byte-reader.js';
import { corrupt } from '../corrupt.js';

/** Type codes of Thrift's compact protocol. */
export const THRIFT = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i16: 4,
  i32: 5,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  map: 11,
  struct: 12,
} as const;

export type ThriftValue = number | boolean | Uint8Array | ThriftStruct | readonly ThriftValue[];

/** Parquet's own structures are 6 deep. */
const DEEPEST = 32;
/** Parquet's field ids are below 20. */
const LARGEST_ID = 127;

const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A decoded struct: values by field id, and where each of them lies. */
export class ThriftStruct {
  readonly fields: (ThriftValue | undefined)[] = [];
  /** Where each field's value lies in the reader's bytes, and its type code. */
  readonly spans: ({ readonly type: number; readonly start: number; readonly end: number } | undefined)[] =
    [];
  readonly #offset: number;

  constructor(offset: number) {
    this.#offset = offset;
  }

  has(id: number): boolean {
    return this.fields[id] !== undefined;
  }

  int(id: number): number | undefined {
    const value = this.fields[id];
    return value === undefined || typeof value === 'number' ? value : this.#misfit(id, 'a number');
  }

  bool(id: number): boolean | undefined {
    const value = this.fields[id];
    return value === undefined || typeof value === 'boolean' ? value : this.#misfit(id, 'a boolean');
  }

  bytes(id: number): Uint8Array | undefined {
    const value = this.fields[id];
    return value === undefined || value instanceof Uint8Array ? value : this.#misfit(id, 'binary');
  }

  text(id: number): string | undefined {
    const value = this.bytes(id);
    if (value === undefined) return undefined;
    try {
      return text.decode(value);
    } catch (error) {
      throw corrupt(`read text in field ${id} of a Thrift struct: not UTF-8`, this.#offset, error);
    }
  }

  struct(id: number): ThriftStruct | undefined {
    const value = this.fields[id];
    return value === undefined || value instanceof ThriftStruct ? value : this.#misfit(id, 'a struct');
  }

  list(id: number): readonly ThriftValue[] | undefined {
    const value = this.fields[id];
    return value === undefined || Array.isArray(value) ? value : this.#misfit(id, 'a list');
  }

  structs(id: number): readonly ThriftStruct[] | undefined {
    const list = this.list(id);
    if (list?.every((item) => item instanceof ThriftStruct) === false)
      return this.#misfit(id, 'a list of structs');
    return list as readonly ThriftStruct[] | undefined;
  }

  /** @throws FormatError `corrupt` for a count or offset that is missing or no safe integer above -1 */
  count(id: number, what: string): number {
    const value = this.int(id);
    if (value === undefined || !Number.isSafeInteger(value) || value < 0) {
      throw corrupt(
        `read ${what}: ${value === undefined ? 'missing' : `'${value}' is not a count`}`,
        this.#offset,
      );
    }
    return value;
  }

  #misfit(id: number, wanted: string): never {
    throw corrupt(`read field ${id} of a Thrift struct: not ${wanted}`, this.#offset);
  }
}

/**
 * A struct in Thrift's compact protocol. Integers of 64 bits become numbers: what Parquet's metadata counts
 * fits, and `count` refuses what does not.
 *
 * @throws FormatError `corrupt`
 */
export function decodeStruct(reader: ByteReader, depth = 0): ThriftStruct {
  if (depth > DEEPEST)
    throw corrupt(`read Thrift struct: nested deeper than ${DEEPEST}`, reader.base + reader.at);
  const struct = new ThriftStruct(reader.base + reader.at);
  let id = 0;
  for (;;) {
    const header = reader.byte('a Thrift field');
    const type = header & 0x0f;
    if (type === THRIFT.stop) return struct;
    id = header >> 4 === 0 ? zigzag(reader) : id + (header >> 4);
    const start = reader.at;
    const value =
      type === THRIFT.true ? true : type === THRIFT.false ? false : decodeValue(reader, type, depth);
    if (id < 0 || id > LARGEST_ID) continue;
    struct.fields[id] = value;
    struct.spans[id] = { type, start, end: reader.at };
  }
}

/** Size and element type at the start of a list. */
export function decodeListHeader(reader: ByteReader): { readonly size: number; readonly type: number } {
  const header = reader.byte('a Thrift list');
  const size = header >> 4 === 15 ? reader.varint('a Thrift list') : header >> 4;
  // Every element takes a byte at least.
  reader.need(size, `a Thrift list of ${size} elements`);
  return { size, type: header & 0x0f };
}

function decodeValue(reader: ByteReader, type: number, depth: number): ThriftValue {
  switch (type) {
    case THRIFT.true:
    case THRIFT.false:
      return reader.byte('a Thrift boolean') === 1;
    case THRIFT.byte:
      return (reader.byte('a Thrift byte') << 24) >> 24;
    case THRIFT.i16:
    case THRIFT.i32:
    case THRIFT.i64:
      return zigzag(reader);
    case THRIFT.double:
      reader.need(8, 'a Thrift double');
      reader.at += 8;
      return reader.view.getFloat64(reader.at - 8, true);
    case THRIFT.binary:
      return reader.take(reader.varint('a Thrift length'), 'Thrift binary');
    case THRIFT.list:
    case THRIFT.set: {
      const { size, type: item } = decodeListHeader(reader);
      const values = new Array<ThriftValue>(size);
      for (let i = 0; i < size; i++) values[i] = decodeValue(reader, item, depth + 1);
      return values;
    }
    case THRIFT.map: {
      const size = reader.varint('a Thrift map');
      reader.need(size, `a Thrift map of ${size} entries`);
      const types = size === 0 ? 0 : reader.byte('a Thrift map');
      for (let i = 0; i < size; i++) {
        decodeValue(reader, types >> 4, depth + 1);
        decodeValue(reader, types & 0x0f, depth + 1);
      }
      return [];
    }
    case THRIFT.struct:
      return decodeStruct(reader, depth + 1);
    default:
      throw corrupt(`read Thrift value: type '${type}' is unknown`, reader.base + reader.at);
  }
}

function zigzag(reader: ByteReader): number {
  let value = 0;
  let scale = 1;
  for (let i = 0; i < 10; i++) {
    const byte = reader.byte('a Thrift integer');
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    scale *= 128;
  }
  throw corrupt('read Thrift integer: more than 10 bytes', reader.base + reader.at);
}
