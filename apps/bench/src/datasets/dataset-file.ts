import { readFileSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import {
  attributesOf,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  NDArray,
  newRecord,
  Pairs,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';

/**
 * Keeps a value for the run's other processes. It is V8's own serialization, which is none of the formats
 * under test: reading it loads none of their code, and leaves little garbage behind.
 */
export function writeDataset(path: string, value: Value): void {
  writeFileSync(path, serialize(new Packing().pack(value)));
}

export function readDataset(path: string): Value {
  return new Unpacking().unpack(deserialize(readFileSync(path)));
}

const NDARRAY = 1;
const TABLE = 2;
const TAGGED = 3;
const PAIRS = 4;
const RECORD = 5;

/** A class of ours as plain data; V8 would drop its prototype. */
interface Packed {
  kind: number;
  parts: unknown[];
  attributes: unknown;
}

/** Shared references and cycles stay what they are: each object is turned into one other. */
class Packing {
  readonly #done = new Map<object, unknown>();

  pack(value: unknown): unknown {
    if (typeof value !== 'object' || value === null || value instanceof Date || ArrayBuffer.isView(value))
      return value;
    const met = this.#done.get(value);
    if (met !== undefined) return met;
    if (Array.isArray(value)) return this.#list(value);
    const packed: Packed = { kind: RECORD, parts: [], attributes: undefined };
    this.#done.set(value, packed);
    if (isNDArray(value)) {
      packed.kind = NDARRAY;
      packed.parts = [value.dtype, value.shape, this.pack(value.data), value.order, value.unit];
    } else if (isTable(value)) {
      packed.kind = TABLE;
      packed.parts = [
        value.rows,
        value.columns.map((column) => [column.name, column.type, this.pack(column.values), column.valid]),
      ];
    } else if (isTagged(value)) {
      packed.kind = TAGGED;
      packed.parts = [value.tag, this.pack(value.value), this.pack(value.attributes)];
    } else if (isPairs(value)) {
      packed.kind = PAIRS;
      packed.parts = value.entries.map((entry) => entry.map((item) => this.pack(item)));
    } else if (isRecord(value)) {
      for (const name of Object.keys(value)) packed.parts.push(name, this.pack(value[name]));
    }
    packed.attributes = this.pack(attributesOf(value));
    return packed;
  }

  #list(list: readonly unknown[]): unknown {
    if (list.every((item) => typeof item !== 'object' || item === null)) return list;
    const packed: unknown[] = [];
    this.#done.set(list, packed);
    for (const item of list) packed.push(this.pack(item));
    return packed;
  }
}

class Unpacking {
  readonly #done = new Map<object, Value>();

  unpack(packed: unknown): Value {
    // What `Packing` wrote: plain data of this shape and nothing else.
    if (typeof packed !== 'object' || packed === null || packed instanceof Date || ArrayBuffer.isView(packed))
      return packed as Value;
    const met = this.#done.get(packed);
    if (met !== undefined) return met;
    if (Array.isArray(packed)) return this.#list(packed);
    const value = this.#object(packed as Packed);
    const attributes = (packed as Packed).attributes;
    // Attributes ride on arrays, tables and records alone.
    return attributes === undefined
      ? value
      : withAttributes(value as NDArray, this.unpack(attributes) as ValueRecord);
  }

  #list(packed: readonly unknown[]): Value {
    if (packed.every((item) => typeof item !== 'object' || item === null)) return packed as Value;
    const list: Value[] = [];
    this.#done.set(packed, list);
    for (const item of packed) list.push(this.unpack(item));
    return list;
  }

  #object(packed: Packed): Value {
    const { kind, parts } = packed;
    if (kind === RECORD) {
      const record = newRecord();
      this.#done.set(packed, record);
      for (let i = 0; i < parts.length; i += 2) record[parts[i] as string] = this.unpack(parts[i + 1]);
      return record;
    }
    const made = this.#instance(kind, parts);
    this.#done.set(packed, made);
    return made;
  }

  #instance(kind: number, parts: readonly unknown[]): Value {
    if (kind === NDARRAY) {
      const [dtype, shape, data, order, unit] = parts as [
        NDArray['dtype'],
        number[],
        unknown,
        'C' | 'F',
        string | undefined,
      ];
      // Lists hold values or strings; typed arrays are as they were.
      return new NDArray({
        dtype,
        shape,
        data: this.unpack(data) as unknown as NDArray['data'],
        order,
        unit,
      });
    }
    if (kind === TABLE) {
      const [rows, columns] = parts as [
        number,
        [string, Table['columns'][number]['type'], unknown, Uint8Array | undefined][],
      ];
      return new Table(
        rows,
        columns.map(([name, type, values, valid]) => ({
          name,
          type,
          values: this.unpack(values) as NDArray,
          valid,
        })),
      );
    }
    if (kind === PAIRS)
      return new Pairs(
        (parts as [unknown, unknown][]).map(([key, item]) => [this.unpack(key), this.unpack(item)]),
      );
    const [tag, value, attributes] = parts as [string, unknown, unknown];
    return new Tagged(
      tag,
      this.unpack(value),
      attributes === undefined ? undefined : (this.unpack(attributes) as ValueRecord),
    );
  }
}
