import {
  cellsOf,
  isNDArray,
  isoTime,
  NDArray,
  ndarray,
  scalarType,
  Table,
  type Value,
} from '@formatlab/core';
import { type ColumnOutline, dtypeOf, type OutlineOf } from './outline.js';

/** A column as a library gives it. */
export type FoundColumn = Float64Array | Int32Array | BigInt64Array | Uint8Array | readonly unknown[];

type Cell = string | number | bigint | boolean;

/** Cells of a table's columns, row by row. `times` says what becomes of a timestamp. */
export function cellReaders(value: Value, times: 'iso' | 'ticks'): ((row: number) => Cell)[] {
  return (value as Table).columns.map((column) => {
    const { values } = column;
    if (isNDArray(values) && values.dtype === 'datetime64') {
      const ticks = values.data as BigInt64Array; // of this dtype
      const unit = values.unit ?? 'us';
      return times === 'ticks' ? (row) => ticks[row]! : (row) => isoTime(ticks[row]!, unit, true) ?? '';
    }
    // Plain tables have no other cells.
    return cellsOf(column) as (row: number) => Cell;
  });
}

/** Row objects. `text`: 64-bit integers as text, for libraries that know none. */
export function rowObjects(
  value: Value,
  times: 'iso' | 'ticks',
  wide: 'number' | 'text' | 'bigint',
): { [name: string]: Cell }[] {
  const { columns, rows } = value as Table;
  const cells = cellReaders(value, times);
  return Array.from({ length: rows }, (_, row) => {
    const record: { [name: string]: Cell } = {};
    columns.forEach(({ name }, i) => {
      const cell = cells[i]!(row);
      record[name] =
        typeof cell !== 'bigint' || wide === 'bigint'
          ? cell
          : wide === 'number'
            ? Number(cell)
            : String(cell);
    });
    return record;
  });
}

/** Typed columns from texts: numbers by `Number`, times by `Date.parse`, as a library's users do it. */
export function columnsOfTexts(
  { columns }: OutlineOf<'table'>,
  length: number,
  text: (row: number, column: number, name: string) => string,
): FoundColumn[] {
  return columns.map((column, i) => {
    const dtype = dtypeOf(column);
    const { name } = column;
    if (dtype === 'string') return Array.from({ length }, (_, row) => text(row, i, name));
    if (dtype === 'bool') {
      const found = new Uint8Array(length);
      for (let row = 0; row < length; row++) found[row] = text(row, i, name) === 'true' ? 1 : 0;
      return found;
    }
    const found = new Float64Array(length);
    const parse = dtype === 'datetime64' ? Date.parse : Number;
    for (let row = 0; row < length; row++) found[row] = parse(text(row, i, name));
    return found;
  });
}

/**
 * The table that found columns make. A column of numbers in the place of timestamps is taken for what the peer wrote:
 * milliseconds where it wrote text, ticks elsewhere.
 */
export function tableOfColumns(
  outline: OutlineOf<'table'>,
  found: readonly FoundColumn[],
  times: 'ms' | 'ticks',
): Table {
  const rows = found[0]?.length ?? 0;
  return new Table(
    rows,
    outline.columns.map((column, i) => {
      const values = arrayOf(column, found[i]!, times);
      const { dtype, unit } = values;
      return {
        name: column.name,
        type: scalarType(dtype, unit === undefined ? {} : { unit, zone: 'UTC' }),
        values,
      };
    }),
  );
}

function arrayOf(column: ColumnOutline, found: FoundColumn, times: 'ms' | 'ticks'): NDArray {
  const dtype = dtypeOf(column);
  const [first] = found;
  if (first instanceof Date)
    return milliseconds(BigInt64Array.from(found as Date[], (time) => BigInt(time.getTime())));
  if (dtype === 'datetime64' && times === 'ms' && typeof first === 'number')
    return milliseconds(BigInt64Array.from(found as number[], (time) => BigInt(time)));
  if (found instanceof Uint8Array) return ndarray(found, [found.length], 'bool');
  if (!Array.isArray(found)) return ndarray(found as Float64Array);
  if (typeof first === 'number') return ndarray(Float64Array.from(found));
  if (typeof first === 'bigint') return ndarray(BigInt64Array.from(found));
  if (typeof first === 'boolean') return ndarray(Uint8Array.from(found), [found.length], 'bool');
  return ndarray(found.map(String));
}

function milliseconds(data: BigInt64Array): NDArray {
  return new NDArray({ dtype: 'datetime64', shape: [data.length], data, unit: 'ms' });
}

/** The columns of row objects. */
export function columnsOfRows(
  { columns }: OutlineOf<'table'>,
  rows: readonly Readonly<Record<string, unknown>>[],
): FoundColumn[] {
  return columns.map(({ name }) => {
    const typed = typeof rows[0]?.[name] === 'number';
    return typed ? Float64Array.from(rows, (row) => row[name] as number) : rows.map((row) => row[name]);
  });
}
