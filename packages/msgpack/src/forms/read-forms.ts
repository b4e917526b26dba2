import {
  allocateData,
  type Budget,
  type Column,
  type ColumnType,
  concatTables,
  type DataOf,
  type DType,
  FormatError,
  isFormatError,
  isNDArray,
  isRecord,
  isTable,
  itemSize,
  NDArray,
  newRecord,
  numberToFloat16,
  Pairs,
  slotsPerItem,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import { parseColumnType } from './column-type.js';
import { MARK } from './mark.js';
import { shapeOf } from './read-array.js';

/**
 * The value that a marked map stands for. A kind that is not known leaves the map a record.
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
      format: 'msgpack',
      offset,
    });
  return value;
}

type FormReader = (form: ValueRecord, budget: Budget) => Value | undefined;

const READERS: Readonly<Record<string, FormReader>> = {
  table: readTable,
  tables: readTables,
  array: readArray,
  tagged: readTagged,
  pairs: (form) => {
    const entries = entriesOf(form['entries']);
    return entries === undefined ? undefined : new Pairs(entries);
  },
  record: readRecord,
  bigint: ({ digits }) =>
    typeof digits === 'string' && /^-?\d{1,100000}$/.test(digits) ? BigInt(digits) : undefined,
  text: ({ utf16 }) => (utf16 instanceof Uint8Array && utf16.length % 2 === 0 ? textOf(utf16) : undefined),
  date: () => new Date(Number.NaN),
};

function readTable({ rows, types, columns, valid }: ValueRecord): Value | undefined {
  if (
    typeof rows !== 'number' ||
    !Number.isInteger(rows) ||
    rows < 0 ||
    !Array.isArray(types) ||
    !isRecord(columns)
  )
    return undefined;
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
    const column = readColumn(name, type, rows, columns[name]!, masks[name]);
    if (column === undefined) return undefined;
    made.push(column);
  }
  return new Table(rows, made);
}

/** What a cell takes at least, for the budget. */
const CELL_BYTES = 8;

/** Tables with the same columns, one below the other. */
function readTables({ parts }: ValueRecord, budget: Budget): Value | undefined {
  if (!Array.isArray(parts) || parts.length === 0) return undefined;
  const tables = (parts as readonly Value[]).filter(isTable);
  if (tables.length !== parts.length) return undefined;
  const cells = tables.reduce((sum, table) => sum + table.rows * table.columns.length, 0);
  budget.takeBytes(CELL_BYTES * cells, `a table of ${tables.length} parts`);
  try {
    return concatTables(tables);
  } catch (error) {
    if (isFormatError(error) && error.code === 'unsupported') return undefined;
    throw error;
  }
}

/** One column of a table of `rows` rows, or undefined where its parts do not fit. */
export function readColumn(
  name: string,
  type: ColumnType,
  rows: number,
  stored: Value,
  mask: Value | undefined,
): Column | undefined {
  const valid = mask === undefined ? undefined : maskOf(mask, rows);
  if (mask !== undefined && valid === undefined) return undefined;
  const values = valuesOf(type, rows, stored);
  return values === undefined ? undefined : { name, type, values, ...(valid === undefined ? {} : { valid }) };
}

function valuesOf(type: ColumnType, rows: number, stored: Value): Column['values'] | undefined {
  if (isNDArray(stored)) {
    const fits = stored.shape[0] === rows && type.kind === 'scalar' && stored.dtype === type.dtype;
    return fits ? withUnit(stored, type.unit) : undefined;
  }
  if (!Array.isArray(stored) || stored.length !== rows) return undefined;
  if (type.kind !== 'scalar') return stored as readonly Value[];
  const data = packed(type.dtype, stored as readonly Value[]);
  return data === undefined
    ? undefined
    : new NDArray({
        dtype: type.dtype,
        shape: [rows],
        data,
        ...(type.unit === undefined ? {} : { unit: type.unit }),
      });
}

/** A column's array has the unit of its type; the array's own form says `generic` where the type says none. */
function withUnit(array: NDArray, unit: string | undefined): NDArray {
  return array.unit === unit || array.unit !== 'generic'
    ? array
    : new NDArray({ dtype: array.dtype, shape: array.shape, data: array.data });
}

/** Elements of a list as the data of a dtype; nil is filler, but a value in an object column. */
function packed(dtype: DType, items: readonly Value[]): DataOf<DType> | undefined {
  if (dtype === 'object') return items;
  if (dtype === 'string')
    return items.every((item) => typeof item === 'string' || item === null)
      ? items.map((item) => (item ?? '') as string)
      : undefined;
  if (dtype === 'bytes') {
    return items.every((item) => item instanceof Uint8Array || item === null)
      ? items.map((item) => (item ?? new Uint8Array(0)) as Uint8Array)
      : undefined;
  }
  if (slotsPerItem(dtype) !== 1) return undefined;
  // One slot an element, and assigned below by what the array takes.
  const data = allocateData(dtype, items.length) as unknown as { [index: number]: number | bigint };
  const wide = itemSize(dtype) === 8 && dtype !== 'float64';
  for (let i = 0; i < items.length; i++) {
    const item = items[i]!;
    if (item === null) continue;
    if (typeof item !== 'number' && typeof item !== 'bigint' && typeof item !== 'boolean') return undefined;
    if (wide && typeof item === 'number' && !Number.isInteger(item)) return undefined;
    data[i] = wide ? BigInt(item) : dtype === 'float16' ? numberToFloat16(Number(item)) : Number(item);
  }
  return data as unknown as DataOf<DType>;
}

function maskOf(mask: Value, rows: number): Uint8Array | undefined {
  if (isNDArray(mask))
    return mask.dtype === 'bool' && mask.shape.length === 1 && mask.shape[0] === rows
      ? (mask.data as Uint8Array)
      : undefined;
  if (!Array.isArray(mask) || mask.length !== rows || !mask.every((item) => typeof item === 'boolean'))
    return undefined;
  return Uint8Array.from(mask as readonly boolean[], Number);
}

function readArray({ dtype, shape, values }: ValueRecord): Value | undefined {
  const lengths = shapeOf(shape);
  if (
    (dtype !== 'string' && dtype !== 'bytes' && dtype !== 'object') ||
    lengths === undefined ||
    !Array.isArray(values)
  )
    return undefined;
  const items = values as readonly Value[];
  if (items.length !== lengths.reduce((size, length) => size * length, 1)) return undefined;
  if (dtype === 'string' && !items.every((item) => typeof item === 'string')) return undefined;
  if (dtype === 'bytes' && !items.every((item) => item instanceof Uint8Array)) return undefined;
  // Checked above against the dtype.
  return new NDArray({ dtype, shape: lengths, data: items as DataOf<typeof dtype> });
}

function readTagged({ tag, value, attributes }: ValueRecord): Value | undefined {
  if (typeof tag !== 'string' || value === undefined) return undefined;
  if (attributes === undefined) return new Tagged(tag, value);
  return isRecord(attributes) ? new Tagged(tag, value, attributes) : undefined;
}

function readRecord(form: ValueRecord): Value | undefined {
  const entries = entriesOf(form['entries']);
  if (entries === undefined) return undefined;
  const record = newRecord();
  for (const [name, value] of entries) {
    if (typeof name !== 'string' || name in record) return undefined;
    record[name] = value;
  }
  return record;
}

function entriesOf(value: Value | undefined): readonly (readonly [Value, Value])[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const entries = value as readonly Value[];
  // Lists of two were just checked for.
  return entries.every((entry) => Array.isArray(entry) && entry.length === 2)
    ? (entries as unknown as readonly (readonly [Value, Value])[])
    : undefined;
}

function textOf(utf16: Uint8Array): string {
  const view = new DataView(utf16.buffer, utf16.byteOffset, utf16.byteLength);
  let text = '';
  for (let at = 0; at < utf16.length; at += 2) text += String.fromCharCode(view.getUint16(at, true));
  return text;
}
