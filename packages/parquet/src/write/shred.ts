import {
  allocateData,
  childPath,
  float16ToNumber,
  isNDArray,
  isPairs,
  isRecord,
  kindOfValue,
  numberToFloat16,
  type ScalarType,
  toNested,
  type Value,
} from '@formatlab/core';
import { unsupported } from '../corrupt.js';
import type { ColumnData } from '../encoding/load.js';
import { type Field, leavesOf } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';

/** Values of one leaf as they go into pages. */
export interface LeafEntries {
  readonly leaf: Leaf;
  /** Values, nulls and empty lists counted. */
  readonly entries: number;
  /** One an entry. Absent where the maximum is 0. */
  readonly defs: Uint8Array | undefined;
  readonly reps: Uint8Array | undefined;
  /** The values that are there, one after the other. */
  readonly data: ColumnData;
  readonly present: number;
}

interface Sink {
  readonly leaf: Leaf;
  readonly defs: number[];
  readonly reps: number[];
  readonly values: Value[];
}

/**
 * Nested values as the streams of their leaves (the column striping of the Dremel paper).
 *
 * @throws FormatError `unsupported` for a value that is not of the column's type
 */
export function shredRows(field: Field, rows: Iterable<Value>, path: string): LeafEntries[] {
  const sinks = new Map<number, Sink>(
    leavesOf(field).map((leaf) => [leaf.index, { leaf, defs: [], reps: [], values: [] }]),
  );
  for (const row of rows) shred(field, row, 0, sinks, path);
  return [...sinks.values()].map(({ leaf, defs, reps, values }) => ({
    leaf,
    entries: defs.length,
    defs: leaf.maxDef > 0 ? Uint8Array.from(defs) : undefined,
    reps: leaf.maxRep > 0 ? Uint8Array.from(reps) : undefined,
    data: packValues(values, leaf.kind.type, path),
    present: values.length,
  }));
}

function shred(
  field: Field,
  value: Value | undefined,
  rep: number,
  sinks: ReadonlyMap<number, Sink>,
  path: string,
): void {
  if (value === null || value === undefined) {
    if (!field.nullable) throw misfit(path, 'a null where the type has none', field);
    shredNothing(field, rep, field.def - 1, sinks);
    return;
  }
  switch (field.kind) {
    case 'leaf': {
      const sink = sinks.get(field.leaf.index)!;
      sink.defs.push(field.def);
      sink.reps.push(rep);
      sink.values.push(value);
      return;
    }
    case 'struct':
      if (!isRecord(value)) throw misfit(path, kindOfValue(value), field);
      for (const { name, field: member } of field.members) {
        shred(
          member,
          Object.hasOwn(value, name) ? value[name] : undefined,
          rep,
          sinks,
          childPath(path, name),
        );
      }
      for (const name of Object.keys(value)) {
        if (!field.members.some((member) => member.name === name))
          throw misfit(childPath(path, name), 'a member that the type does not have', field);
      }
      return;
    case 'list': {
      const items = isNDArray(value) && value.shape.length > 0 ? toNested(value) : value;
      if (!Array.isArray(items)) throw misfit(path, kindOfValue(value), field);
      if (items.length === 0) {
        shredNothing(field, rep, field.def, sinks);
        return;
      }
      for (let i = 0; i < items.length; i++)
        shred(field.item, items[i] as Value, i === 0 ? rep : field.repetition.rep, sinks, path);
      return;
    }
    case 'map': {
      const entries = isPairs(value) ? value.entries : isRecord(value) ? Object.entries(value) : undefined;
      if (entries === undefined) throw misfit(path, kindOfValue(value), field);
      if (entries.length === 0) {
        shredNothing(field, rep, field.def, sinks);
        return;
      }
      for (const [i, [key, item]] of entries.entries()) {
        const level = i === 0 ? rep : field.repetition.rep;
        shred(field.key, key, level, sinks, path);
        shred(field.value, item, level, sinks, path);
      }
    }
  }
}

/** One entry in every leaf below: what is not there, and up to which level it is. */
function shredNothing(field: Field, rep: number, def: number, sinks: ReadonlyMap<number, Sink>): void {
  for (const leaf of leavesOf(field)) {
    const sink = sinks.get(leaf.index)!;
    sink.defs.push(def);
    sink.reps.push(rep);
  }
}

/** Loose values as the data of a dtype. @throws FormatError `unsupported` */
function packValues(values: readonly Value[], type: ScalarType, path: string): ColumnData {
  const { dtype } = type;
  const accept = ACCEPT[dtype];
  const out = allocateData(dtype, values.length) as unknown as { [index: number]: unknown };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    // A 0-d array of the dtype is the value with its type.
    const plain =
      isNDArray(value) && value.shape.length === 0 && value.dtype === dtype && value.unit === type.unit
        ? value.data[0]
        : undefined;
    const element = plain === undefined ? accept?.(value) : plain;
    if (element === undefined) {
      const found = typeof value === 'number' || typeof value === 'bigint' ? `${value}` : kindOfValue(value);
      throw unsupported(
        `write '${path}' as parquet: '${found}' is no ${dtype}`,
        'values that are not of the column type',
        { path, found },
      );
    }
    out[i] = element;
  }
  return out as unknown as ColumnData;
}

type Accept = (value: Value) => unknown;

const integer =
  (least: number, most: number): Accept =>
  (value) =>
    Number.isInteger(value) &&
    (value as number) >= least &&
    (value as number) <= most &&
    !Object.is(value, -0)
      ? value
      : undefined;
const long =
  (least: bigint, most: bigint): Accept =>
  (value) => {
    const wide =
      typeof value === 'number' && Number.isSafeInteger(value) && !Object.is(value, -0)
        ? BigInt(value)
        : value;
    return typeof wide === 'bigint' && wide >= least && wide <= most ? wide : undefined;
  };
const ticks = long(-(2n ** 63n), 2n ** 63n - 1n);

const ACCEPT: Readonly<Partial<Record<ScalarType['dtype'], Accept>>> = {
  bool: (value) => (typeof value === 'boolean' ? Number(value) : undefined),
  int8: integer(-128, 127),
  int16: integer(-32768, 32767),
  int32: integer(-(2 ** 31), 2 ** 31 - 1),
  uint8: integer(0, 255),
  uint16: integer(0, 65535),
  uint32: integer(0, 2 ** 32 - 1),
  int64: ticks,
  uint64: long(0n, 2n ** 64n - 1n),
  float16: (value) => {
    if (typeof value !== 'number') return undefined;
    const bits = numberToFloat16(value);
    return Object.is(float16ToNumber(bits), value) ? bits : undefined;
  },
  float32: (value) => (typeof value === 'number' && Object.is(Math.fround(value), value) ? value : undefined),
  float64: (value) => (typeof value === 'number' ? value : undefined),
  string: (value) => (typeof value === 'string' ? value : undefined),
  bytes: (value) => (value instanceof Uint8Array ? value : undefined),
  datetime64: ticks,
  timedelta64: ticks,
};

function misfit(path: string, found: string, field: Field): Error {
  return unsupported(
    `write '${path}' as parquet: found ${found} in a column of ${field.kind === 'leaf' ? field.leaf.kind.type.dtype : field.kind}`,
    'values that are not of the column type',
    { path, found },
  );
}
