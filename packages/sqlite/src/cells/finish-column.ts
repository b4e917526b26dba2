import {
  allocateData,
  type Budget,
  type Column,
  type ColumnType,
  type DataOf,
  type DType,
  itemSize,
  NDArray,
  numberToFloat16,
  type ScalarType,
  scalarType,
  sizeOfShape,
  type Value,
  viewData,
} from '@formatlab/core';
import { parseValue } from '../layout/value-json.js';
import type { TableColumn } from '../schema/schema.js';
import { type CellColumn, KIND } from './cell-column.js';

/** What this package wrote about a column. */
export interface ColumnSpec {
  readonly name: string;
  readonly type: ColumnType;
  readonly item?: readonly number[] | undefined;
}

/** What decides the type of a column, of which cells are read in parts. */
export interface ColumnTraits {
  /** Bits of the kinds of all cells. */
  readonly seen: number;
  /** Whether all cells fit the type that was written down. */
  readonly specified: boolean;
  /** Whether all integers are 0 or 1, and whether doubles hold them. */
  readonly flags: boolean;
  readonly reals: boolean;
}

/** The traits of a part, joined to those of the parts before. */
export function joinTraits(
  before: ColumnTraits | undefined,
  cells: CellColumn,
  declared: TableColumn,
  spec: ColumnSpec | undefined,
  budget: Budget,
): ColumnTraits {
  const { seen, specified: fits, flags, reals } = before ?? FIRST_TRAITS;
  return {
    seen: seen | cells.seen,
    specified: fits && spec !== undefined && specified(cells, spec, budget) !== undefined,
    flags: flags && (!isBoolean(declared.type) || integersOf(cells, 'bool') !== undefined),
    reals: reals && realsOfBoth(cells) !== undefined,
  };
}

const FIRST_TRAITS: ColumnTraits = { seen: 0, specified: true, flags: true, reals: true };

/** The column that cells make: of the type that was written down for it, else of the declared or an inferred one. */
export function finishColumn(
  cells: CellColumn,
  declared: TableColumn,
  spec: ColumnSpec | undefined,
  budget: Budget,
  whole?: ColumnTraits,
): Column {
  if (whole !== undefined) cells.seen |= whole.seen;
  if (spec !== undefined && whole?.specified !== false) {
    const column = specified(cells, spec, budget);
    if (column !== undefined) return column;
  }
  return inferred(cells, spec?.name ?? declared.name, declared, whole);
}

/** Undefined where a cell does not fit. */
function specified(cells: CellColumn, spec: ColumnSpec, budget: Budget): Column | undefined {
  const { name, type, item } = spec;
  if (type.kind !== 'scalar' || type.dtype === 'object') return fromJsonText(cells, spec, budget);
  if (item !== undefined) return fromBlobs(cells, name, type, item);
  const { dtype } = type;
  if (dtype === 'string' || dtype === 'bytes') {
    const kind = dtype === 'string' ? KIND.text : KIND.blob;
    return cells.seen & ~(kind | KIND.null)
      ? undefined
      : columnOf(cells, name, type, objectsOf(cells, dtype));
  }
  if (dtype.startsWith('float')) return fromReals(cells, name, type);
  if (dtype.startsWith('complex')) return fromBlobs(cells, name, type, []);
  if (dtype === 'uint64' && cells.seen & KIND.text) return fromDigits(cells, name, type);
  if (cells.seen & ~(KIND.integer | KIND.null)) return undefined;
  const data = integersOf(cells, dtype);
  return data === undefined ? undefined : columnOf(cells, name, type, data);
}

/** By the declared type where all cells fit it, else by what the cells are; no value changes. */
function inferred(
  cells: CellColumn,
  name: string,
  declared: TableColumn,
  whole: ColumnTraits = { ...FIRST_TRAITS, seen: cells.seen },
): Column {
  const { nullable } = declared;
  const of = (dtype: DType, data: DataOf<DType>): Column =>
    columnOf(cells, name, scalarType(dtype, { nullable }), data);
  const kinds = cells.seen & ~KIND.null;
  if (kinds === 0) {
    const dtype = dtypeOfDeclared(declared);
    return of(dtype, allocateData(dtype, cells.rows));
  }
  if (kinds === KIND.integer) {
    const flags = whole.flags && isBoolean(declared.type) ? integersOf(cells, 'bool') : undefined;
    return flags !== undefined ? of('bool', flags) : of('int64', integersOf(cells, 'int64')!);
  }
  if (kinds === KIND.real) return of('float64', realsOf(cells));
  if (kinds === KIND.text) return of('string', objectsOf(cells, 'string'));
  if (kinds === KIND.blob) return of('bytes', objectsOf(cells, 'bytes'));
  // Where the column has numeric affinity, SQLite itself turned 3.0 into 3: both are doubles.
  if (kinds === (KIND.integer | KIND.real) && declared.affinity !== 'blob' && whole.reals) {
    const reals = realsOfBoth(cells);
    if (reals !== undefined) return of('float64', reals);
  }
  const items = Array.from({ length: cells.rows }, (_, row): Value => cells.at(row));
  return {
    name,
    type: scalarType('object', { nullable }),
    values: new NDArray({ dtype: 'object', shape: [cells.rows], data: items }),
    ...(cells.seen & KIND.null ? { valid: validOf(cells) } : {}),
  };
}

/** The dtype of a declared type, for a column without values. */
export function dtypeOfDeclared({ affinity, type }: TableColumn): DType {
  if (isBoolean(type)) return 'bool';
  if (affinity === 'integer') return 'int64';
  if (affinity === 'real') return 'float64';
  if (affinity === 'blob' && type !== '') return 'bytes';
  if (affinity === 'numeric' && !/date|time/i.test(type)) return 'float64';
  return 'string';
}

function isBoolean(type: string): boolean {
  return /^bool(ean)?$/i.test(type);
}

function columnOf(cells: CellColumn, name: string, type: ScalarType, data: DataOf<DType>): Column {
  const { dtype, unit } = type;
  const values = new NDArray({ dtype, shape: [cells.rows], data, unit });
  return withValid(cells, { name, type, values });
}

function withValid(cells: CellColumn, column: Column): Column {
  if ((cells.seen & KIND.null) === 0) return column;
  return { ...column, type: column.type, valid: validOf(cells) };
}

function validOf(cells: CellColumn): Uint8Array {
  const valid = new Uint8Array(cells.rows);
  for (let row = 0; row < valid.length; row++) valid[row] = cells.kinds[row] === KIND.null ? 0 : 1;
  return valid;
}

const RANGES: Readonly<Partial<Record<DType, readonly [number, number]>>> = {
  bool: [0, 1],
  int8: [-128, 127],
  int16: [-32768, 32767],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  uint8: [0, 255],
  uint16: [0, 65535],
  uint32: [0, 2 ** 32 - 1],
};

/** Undefined where an integer has no room in the dtype. */
function integersOf(cells: CellColumn, dtype: DType): DataOf<DType> | undefined {
  const { rows } = cells;
  const words = cells.words ?? new Int32Array(2 * rows);
  const range = RANGES[dtype];
  if (range === undefined) {
    if (itemSize(dtype) !== 8) return undefined;
    const data = allocateData(dtype, rows);
    // int64, uint64, datetime64 and timedelta64 are eight bytes, lower half first.
    new Int32Array((data as BigInt64Array).buffer).set(words.subarray(0, 2 * rows));
    if (dtype === 'uint64')
      for (let row = 0; row < rows; row++) if (words[2 * row + 1]! < 0) return undefined;
    return data;
  }
  const data = allocateData(dtype, rows) as unknown as Int32Array;
  const [least, most] = range;
  const unsigned = least === 0;
  for (let row = 0; row < rows; row++) {
    const low = words[2 * row]!;
    const high = words[2 * row + 1]!;
    const value = unsigned ? low >>> 0 : low;
    if (high !== (unsigned ? 0 : low >> 31) || value < least || value > most) return undefined;
    data[row] = value;
  }
  return data as unknown as DataOf<DType>;
}

function realsOf(cells: CellColumn): Float64Array {
  return cells.reals === undefined ? new Float64Array(cells.rows) : cells.reals.slice(0, cells.rows);
}

const HALF = 2 ** 32;

/** Integers beside reals as doubles; undefined where one has more digits than a double. */
function realsOfBoth(cells: CellColumn): Float64Array | undefined {
  const reals = realsOf(cells);
  for (let row = 0; row < cells.rows; row++) {
    if (cells.kinds[row] !== KIND.integer) continue;
    const value = cells.words![2 * row + 1]! * HALF + (cells.words![2 * row]! >>> 0);
    if (!Number.isSafeInteger(value)) return undefined;
    reals[row] = value;
  }
  return reals;
}

function objectsOf(cells: CellColumn, dtype: 'string' | 'bytes'): DataOf<DType> {
  const objects = cells.objects ?? [];
  const none = dtype === 'string' ? '' : new Uint8Array(0);
  while (objects.length < cells.rows) objects.push(none);
  if (dtype === 'bytes' && cells.seen & KIND.null)
    for (let row = 0; row < cells.rows; row++) if (cells.kinds[row] === KIND.null) objects[row] = none;
  return objects as unknown as DataOf<DType>;
}

/** See `planColumn`: NULL is NaN where the column has no nulls, `NaN` is NaN, a blob has the bits. */
function fromReals(cells: CellColumn, name: string, type: ScalarType): Column | undefined {
  const width = itemSize(type.dtype);
  const reals = cells.seen & KIND.integer ? realsOfBoth(cells) : realsOf(cells);
  if (reals === undefined) return undefined;
  const bits: { readonly row: number; readonly bytes: Uint8Array }[] = [];
  const nullIsNaN = !type.nullable;
  if (cells.seen & ~(KIND.real | KIND.integer)) {
    for (let row = 0; row < cells.rows; row++) {
      const kind = cells.kinds[row];
      if (kind === KIND.null) reals[row] = nullIsNaN ? Number.NaN : 0;
      else if (kind === KIND.text) {
        if (cells.objects![row] !== 'NaN') return undefined;
        reals[row] = Number.NaN;
      } else if (kind === KIND.blob) {
        const bytes = cells.objects![row] as Uint8Array;
        if (bytes.byteLength !== width) return undefined;
        bits.push({ row, bytes });
      }
    }
  }
  const data = narrow(reals, type.dtype);
  if (data === undefined) return undefined;
  const view = new Uint8Array(data.buffer);
  for (const { row, bytes } of bits) view.set(bytes, row * width);
  const column: Column = {
    name,
    type,
    values: new NDArray({ dtype: type.dtype, shape: [cells.rows], data: data as unknown as DataOf<DType> }),
  };
  return nullIsNaN ? column : withValid(cells, column);
}

/** Undefined where a number has more digits than the dtype. */
function narrow(reals: Float64Array, dtype: DType): Float64Array | Float32Array | Uint16Array | undefined {
  if (dtype === 'float64') return reals;
  if (dtype === 'float32') {
    const data = Float32Array.from(reals);
    return data.every((value, row) => Object.is(value, reals[row])) ? data : undefined;
  }
  return Uint16Array.from(reals, numberToFloat16);
}

function fromDigits(cells: CellColumn, name: string, type: ScalarType): Column | undefined {
  const data = new BigUint64Array(cells.rows);
  for (let row = 0; row < cells.rows; row++) {
    const cell = cells.at(row);
    if (cell === null) continue;
    const value =
      typeof cell === 'bigint'
        ? cell
        : typeof cell === 'string' && /^\d{1,20}$/.test(cell)
          ? BigInt(cell)
          : -1n;
    if (value < 0n || value >= 2n ** 64n) return undefined;
    data[row] = value;
  }
  return columnOf(cells, name, type, data);
}

/** Rows that are blobs of numbers, little-endian. */
function fromBlobs(
  cells: CellColumn,
  name: string,
  type: ScalarType,
  item: readonly number[],
): Column | undefined {
  const width = sizeOfShape(item) * itemSize(type.dtype);
  if (cells.seen & ~(KIND.blob | KIND.null) || itemSize(type.dtype) === 0) return undefined;
  const bytes = new Uint8Array(cells.rows * width);
  for (let row = 0; row < cells.rows; row++) {
    if (cells.kinds[row] === KIND.null) continue;
    const blob = cells.objects![row] as Uint8Array;
    if (blob.byteLength !== width) return undefined;
    bytes.set(blob, row * width);
  }
  const shape = [cells.rows, ...item];
  const count = sizeOfShape(shape);
  const data = viewData(type.dtype, bytes, count);
  return withValid(cells, {
    name,
    type,
    values: new NDArray({ dtype: type.dtype, shape, data, unit: type.unit }),
  });
}

/** Lists, structs, maps and mixed values stand as text of JSON. */
function fromJsonText(cells: CellColumn, { name, type }: ColumnSpec, budget: Budget): Column | undefined {
  if (cells.seen & ~(KIND.text | KIND.null)) return undefined;
  const items = Array.from({ length: cells.rows }, (_, row): Value => {
    const text = cells.kinds[row] === KIND.null ? undefined : (cells.objects![row] as string);
    return text === undefined ? null : parseValue(text, budget, `column '${name}'`);
  });
  const values =
    type.kind === 'scalar' ? new NDArray({ dtype: 'object', shape: [items.length], data: items }) : items;
  return withValid(cells, { name, type, values });
}
