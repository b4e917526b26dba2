import { type Budget, type Column, NDArray, scalarType, Table, type Value } from '@formatlab/core';
import { DTYPE, WIRE_TYPE } from '../message/kinds.js';
import { MessageReader, type ReadOptions } from '../message/read-message.js';
import { defaultOf, readScalar } from '../message/scalars.js';
import type { Field, MessageType } from '../schema/model.js';
import { WireReader } from '../wire/reader.js';
import { LITTLE_ENDIAN_HOST } from '../wire/spec.js';

const PROGRESS_EVERY = 10_000;
const TEXT_BYTES = 16;

/**
 * Messages that stand behind their lengths. Flat ones (numbers, text, bytes, enums) become the columns of a
 * table; where one has a field that the schema lacks, and others, a list of records.
 *
 * @throws FormatError `corrupt`, `limit`
 */
export function readStream(
  bytes: Uint8Array,
  type: MessageType,
  settings: ReadOptions,
  rows: 'table' | 'list',
  context: { progress(done: number, total?: number): void },
  base = 0,
): Value {
  const r = new WireReader(bytes, base);
  const count = countMessages(r, settings.budget);
  if (rows === 'table' && isFlat(type)) {
    const table = readTable(r, type, count, settings.budget, context);
    if (table !== undefined) return table;
  }
  r.pos = 0;
  r.limit = bytes.length;
  const reader = new MessageReader(r, settings);
  const list: Value[] = [];
  for (let row = 0; row < count; row++) {
    const end = r.length() + r.pos;
    list.push(reader.part(type, end));
    if (row % PROGRESS_EVERY === 0) context.progress(r.pos, bytes.length);
  }
  return list;
}

function countMessages(r: WireReader, budget: Budget): number {
  let count = 0;
  while (r.pos < r.limit) {
    const length = r.length();
    r.pos += length;
    count++;
  }
  r.pos = 0;
  budget.takeItems(count, 'the stream');
  return count;
}

/** Whether every message can be a row. */
export function isFlat(type: MessageType): boolean {
  return (
    type.fields.length > 0 &&
    !type.messageSet &&
    type.fields.every(
      (field) =>
        !field.repeated && field.map === undefined && field.kind !== 'message' && field.others.length === 0,
    )
  );
}

/** Takes one value of a field into a row. False where a table can't hold it. */
type Put = (row: number) => boolean;

/** Undefined where a message has what no column holds. */
function readTable(
  r: WireReader,
  type: MessageType,
  count: number,
  budget: Budget,
  context: { progress(done: number, total?: number): void },
): Table | undefined {
  const puts: Put[] = [];
  const others = new Map<number, Put>();
  const columns: (() => Column)[] = [];
  for (const field of type.fields) {
    const { put, column } = columnReader(r, field, count, budget);
    columns.push(column);
    const tag = field.number * 8 + WIRE_TYPE[field.kind];
    if (tag < 1024) puts[tag] = put;
    else others.set(tag, put);
  }
  const total = r.bytes.length;
  for (let row = 0; row < count; row++) {
    r.limit = total;
    const length = r.length();
    const end = r.pos + length;
    r.limit = end;
    while (r.pos < end) {
      const tag = r.uint32();
      const put = tag < 1024 ? puts[tag] : others.get(tag);
      if (put === undefined || !put(row)) return undefined;
    }
    if (row % PROGRESS_EVERY === 0) context.progress(r.pos, total);
  }
  const made = columns.map((column) => column());
  // A required field that is missing is an error, which reading row by row finds with its place.
  const missing = type.fields.some(
    (field, i) => field.presence === 'required' && made[i]!.valid !== undefined,
  );
  return missing ? undefined : new Table(count, made);
}

function columnReader(
  r: WireReader,
  field: Field,
  count: number,
  budget: Budget,
): { put: Put; column: () => Column } {
  const optional = field.presence !== 'implicit';
  if (optional) budget.takeBytes(count, `column ${field.name}`);
  const valid = optional ? new Uint8Array(count) : undefined;
  const { put, values } = valuesReader(r, field, count, budget);
  const marked: Put =
    valid === undefined
      ? put
      : (row) => {
          valid[row] = 1;
          return put(row);
        };
  const column = (): Column => {
    const array = values();
    const full = valid === undefined || valid.every((flag) => flag === 1);
    const type = scalarType(array.dtype, {
      nullable: field.presence === 'explicit',
      ...(field.kind === 'enum' ? { dictionary: true } : {}),
    });
    return full
      ? { name: field.key, type, values: array }
      : { name: field.key, type, values: array, valid: valid! };
  };
  return { put: marked, column };
}

function valuesReader(
  r: WireReader,
  field: Field,
  count: number,
  budget: Budget,
): { put: Put; values: () => NDArray } {
  const dtype = DTYPE[field.kind];
  if (dtype === undefined) return itemsReader(r, field, count, budget);
  const width = dtype === 'bool' ? 1 : field.kind === 'double' || field.kind.endsWith('64') ? 8 : 4;
  budget.takeBytes(width * count, `column ${field.name}`);
  const shape = [count];
  switch (field.kind) {
    case 'double': {
      const data = new Float64Array(count);
      return {
        put: (row) => {
          data[row] = r.view.getFloat64(r.take(8), true);
          return true;
        },
        values: () => new NDArray({ dtype: 'float64', shape, data }),
      };
    }
    case 'float': {
      const data = new Float32Array(count);
      // By bits: a signalling NaN would become a quiet one on its way through a number.
      const bits = new Int32Array(data.buffer);
      return {
        put: (row) => {
          bits[row] = r.view.getInt32(r.take(4), true);
          return true;
        },
        values: () => new NDArray({ dtype: 'float32', shape, data }),
      };
    }
    case 'bool': {
      const data = new Uint8Array(count);
      return {
        put: (row) => {
          r.varint();
          data[row] = (r.lo | r.hi) === 0 ? 0 : 1;
          return true;
        },
        values: () => new NDArray({ dtype: 'bool', shape, data }),
      };
    }
    default:
      return width === 8 ? wideReader(r, field, count) : narrowReader(r, field, count);
  }
}

function narrowReader(r: WireReader, field: Field, count: number): { put: Put; values: () => NDArray } {
  const shape = [count];
  const unsigned = DTYPE[field.kind] === 'uint32';
  const data = unsigned ? new Uint32Array(count) : new Int32Array(count);
  const zigzag = field.kind === 'sint32';
  const fixed = field.kind.endsWith('fixed32');
  const put: Put = fixed
    ? (row) => {
        data[row] = r.view.getInt32(r.take(4), true);
        return true;
      }
    : zigzag
      ? (row) => {
          const raw = r.uint32();
          data[row] = (raw >>> 1) ^ -(raw & 1);
          return true;
        }
      : (row) => {
          data[row] = r.uint32();
          return true;
        };
  return {
    put,
    values: () =>
      data instanceof Uint32Array
        ? new NDArray({ dtype: 'uint32', shape, data })
        : new NDArray({ dtype: 'int32', shape, data }),
  };
}

function wideReader(r: WireReader, field: Field, count: number): { put: Put; values: () => NDArray } {
  const shape = [count];
  const halves = new Int32Array(2 * count);
  const first = LITTLE_ENDIAN_HOST ? 0 : 1;
  const zigzag = field.kind === 'sint64';
  const fixed = field.kind.endsWith('fixed64');
  const put: Put = (row) => {
    if (fixed) r.fixed64();
    else if (zigzag) r.zigzag();
    else r.varint();
    halves[2 * row + first] = r.lo;
    halves[2 * row + 1 - first] = r.hi;
    return true;
  };
  return {
    put,
    values: () =>
      DTYPE[field.kind] === 'uint64'
        ? new NDArray({ dtype: 'uint64', shape, data: new BigUint64Array(halves.buffer) })
        : new NDArray({ dtype: 'int64', shape, data: new BigInt64Array(halves.buffer) }),
  };
}

/** Text, bytes and the names of enums. */
function itemsReader(
  r: WireReader,
  field: Field,
  count: number,
  budget: Budget,
): { put: Put; values: () => NDArray } {
  const shape = [count];
  budget.takeBytes(TEXT_BYTES * count, `column ${field.name}`);
  if (field.kind === 'bytes') {
    const data = new Array<Uint8Array>(count).fill(new Uint8Array(0));
    return {
      put: (row) => {
        // A field of bytes is read as bytes.
        data[row] = readScalar(r, field, budget) as Uint8Array;
        return true;
      },
      values: () => new NDArray({ dtype: 'bytes', shape, data }),
    };
  }
  const data = new Array<string>(count).fill(String(defaultOf({ ...field, default: undefined })));
  const names = field.enumeration?.names;
  const put: Put =
    names === undefined
      ? (row) => {
          const length = r.length();
          const at = r.take(length);
          const text = r.text.text(at, length);
          // Reading row by row tells what is wrong with it, or gives its bytes.
          if (text === undefined) return false;
          budget.takeBytes(length, 'text');
          data[row] = text;
          return true;
        }
      : (row) => {
          const name = names.get(r.uint32() | 0);
          if (name === undefined) return false;
          data[row] = name;
          return true;
        };
  return { put, values: () => new NDArray({ dtype: 'string', shape, data }) };
}
