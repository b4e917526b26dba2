import {
  type Budget,
  type Column,
  type ColumnType,
  type DataOf,
  type DType,
  FormatError,
  isNDArray,
  isRecord,
  isTagged,
  NDArray,
  newRecord,
  Pairs,
  sizeOfShape,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
  viewData,
} from '@formatlab/core';
import { swapped } from './array.js';
import { parseColumnType } from './column-type.js';
import { parseDTypeText } from './dtype-text.js';
import { MARK } from './mark.js';

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const MOST_DIMENSIONS = 64;

/**
 * The value that a marked dict stands for. A kind that is not known leaves the dict a record.
 *
 * @throws FormatError `corrupt` for a known kind whose members do not fit
 */
export function valueOfForm(form: ValueRecord, offset: number, budget: Budget): Value {
  const kind = form[MARK];
  const read = typeof kind === 'string' && Object.hasOwn(READERS, kind) ? READERS[kind] : undefined;
  if (read === undefined) return form;
  const value = read(form, budget);
  if (value === undefined)
    throw new FormatError('corrupt', `read form '${kind}': its members do not fit together`, {
      format: 'marshal',
      offset,
    });
  return value;
}

type FormReader = (form: ValueRecord, budget: Budget) => Value | undefined;

const READERS: Readonly<Record<string, FormReader>> = {
  array: readArray,
  table: readTable,
  tagged: readTagged,
  pairs: ({ entries }) => (isEntries(entries) ? new Pairs(entries) : undefined),
  record: readRecord,
  date: ({ ms }) => (typeof ms === 'number' ? new Date(ms) : undefined),
};

function readArray({ dtype, shape, data, values }: ValueRecord, budget: Budget): Value | undefined {
  const lengths = shapeOf(shape);
  if (lengths === undefined || typeof dtype !== 'string') return undefined;
  if (data === undefined) return readItems(dtype, lengths, values);
  const type = parseDTypeText(dtype);
  if (
    !(data instanceof Uint8Array) ||
    type === undefined ||
    type.dtype === 'string' ||
    type.dtype === 'bytes'
  )
    return undefined;
  const size = sizeOfShape(lengths);
  if (size * type.bytes !== data.length) return undefined;
  const foreign = type.word > 1 && type.bigEndian === LITTLE_ENDIAN_HOST;
  if (foreign || data.byteOffset % type.word !== 0) budget.takeBytes(data.length, 'an array');
  return new NDArray({
    dtype: type.dtype,
    shape: lengths,
    data: viewData(type.dtype, foreign ? swapped(data, type.word) : data, size),
    unit: type.unit,
  });
}

function readItems(dtype: string, shape: readonly number[], values: Value | undefined): Value | undefined {
  if (!Array.isArray(values) || values.length !== sizeOfShape(shape)) return undefined;
  const items = values as readonly Value[];
  if (dtype === 'string' && !items.every((item) => typeof item === 'string')) return undefined;
  if (dtype === 'bytes' && !items.every((item) => item instanceof Uint8Array)) return undefined;
  if (dtype !== 'string' && dtype !== 'bytes' && dtype !== 'object') return undefined;
  // Checked above against the dtype.
  return new NDArray({ dtype, shape, data: items as DataOf<typeof dtype> });
}

function shapeOf(value: Value | undefined): readonly number[] | undefined {
  const items = isTagged(value) && value.tag === 'tuple' ? value.value : value;
  if (!Array.isArray(items) || items.length > MOST_DIMENSIONS) return undefined;
  const lengths = items as readonly Value[];
  const sound = lengths.every(
    (length) => typeof length === 'number' && Number.isInteger(length) && length >= 0,
  );
  return sound && Number.isSafeInteger(sizeOfShape(lengths as readonly number[]))
    ? (lengths as readonly number[])
    : undefined;
}

function readTable({ rows, types, columns, valid }: ValueRecord): Value | undefined {
  if (typeof rows !== 'number' || !Number.isInteger(rows) || rows < 0) return undefined;
  if (!Array.isArray(types) || !isRecord(columns)) return undefined;
  const masks = valid === undefined ? newRecord() : valid;
  if (!isRecord(masks) || Object.keys(columns).length !== types.length) return undefined;
  const made: Column[] = [];
  const seen = new Set<string>();
  for (const described of types as readonly Value[]) {
    const name = isRecord(described) ? described['name'] : undefined;
    const type = parseColumnType(described);
    if (typeof name !== 'string' || seen.has(name) || type === undefined || !Object.hasOwn(columns, name))
      return undefined;
    seen.add(name);
    const valid = masks[name] === undefined ? undefined : maskOf(masks[name], rows);
    const values = valuesOf(type, rows, columns[name]!);
    if (values === undefined || (masks[name] !== undefined && valid === undefined)) return undefined;
    made.push({ name, type, values, ...(valid === undefined ? {} : { valid }) });
  }
  return new Table(rows, made);
}

function valuesOf(type: ColumnType, rows: number, stored: Value): Column['values'] | undefined {
  if (isNDArray(stored)) {
    const fits = stored.shape[0] === rows && type.kind === 'scalar' && stored.dtype === type.dtype;
    return fits ? withUnit(stored, type.unit) : undefined;
  }
  if (!Array.isArray(stored) || stored.length !== rows) return undefined;
  const items = stored as readonly Value[];
  if (type.kind !== 'scalar') return items;
  const data = packed(type.dtype, items);
  return data === undefined ? undefined : new NDArray({ dtype: type.dtype, shape: [rows], data });
}

/** A column's array has the unit of its type; the array's own form says `generic` where the type says none. */
function withUnit(array: NDArray, unit: string | undefined): NDArray {
  return array.unit === unit || array.unit !== 'generic'
    ? array
    : new NDArray({ dtype: array.dtype, shape: array.shape, data: array.data });
}

function packed(dtype: DType, items: readonly Value[]): DataOf<DType> | undefined {
  if (dtype === 'object') return items;
  if (dtype === 'string' && items.every((item) => typeof item === 'string' || item === null))
    return items.map((item) => (item ?? '') as string);
  if (dtype === 'bytes' && items.every((item) => item instanceof Uint8Array || item === null))
    return items.map((item) => (item ?? new Uint8Array(0)) as Uint8Array);
  return undefined;
}

function maskOf(mask: Value, rows: number): Uint8Array | undefined {
  if (!isNDArray(mask) || mask.dtype !== 'bool' || mask.shape.length !== 1 || mask.shape[0] !== rows)
    return undefined;
  return mask.data as Uint8Array;
}

function readTagged({ tag, value, attributes }: ValueRecord): Value | undefined {
  if (typeof tag !== 'string' || value === undefined) return undefined;
  if (attributes === undefined) return new Tagged(tag, value);
  return isRecord(attributes) ? new Tagged(tag, value, attributes) : undefined;
}

function readRecord({ entries }: ValueRecord): Value | undefined {
  if (!isEntries(entries)) return undefined;
  const record = newRecord();
  for (const [name, value] of entries) {
    if (typeof name !== 'string' || name in record) return undefined;
    record[name] = value;
  }
  return record;
}

function isEntries(
  value: Value | undefined,
): value is readonly (readonly [Value, Value])[] & readonly Value[] {
  return (
    Array.isArray(value) &&
    (value as readonly Value[]).every((entry) => Array.isArray(entry) && entry.length === 2)
  );
}
