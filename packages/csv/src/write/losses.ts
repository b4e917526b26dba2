import {
  type Column,
  type ColumnType,
  childPath,
  isNDArray,
  type Loss,
  NAT,
  type NDArray,
  type Table,
} from '@formatlab/core';
import { timeUnits } from './write-time.js';

type Report = (loss: Loss) => void;

/** Reports what of a table a CSV file does not say. */
export function reportTableLosses(table: Table, loss: Report): void {
  if (table.columns.length === 0 && table.rows > 0) {
    loss({ path: '', kind: 'shape', from: `${table.rows} rows without columns`, to: 'no rows' });
  }
  for (const column of table.columns)
    reportColumnLosses(column, table.rows, childPath('', column.name), loss);
}

/** Reports what of an array of scalars is written otherwise: units of time, the bits of NaN. */
export function reportElementLosses(array: NDArray, utc: boolean, path: string, loss: Report): void {
  if (array.dtype === 'float64') reportNaNs(array.data as Float64Array, path, loss);
  if (array.dtype !== 'datetime64' || array.size === 0) return;
  const data = array.data as BigInt64Array;
  const { unit, cuts } = timeUnits(array.unit);
  const nothing = data.every((ticks) => ticks === NAT);
  const read = nothing ? 's' : unit;
  if (read !== array.unit) loss({ path, kind: 'unit', from: String(array.unit), to: read });
  if (nothing && utc) loss({ path, kind: 'unit', from: 'zone UTC', to: 'no zone' });
  if (cuts) loss({ path, kind: 'precision', from: String(array.unit), to: unit });
}

function reportColumnLosses(column: Column, rows: number, path: string, loss: Report): void {
  const { type, values, valid } = column;
  const nulls = valid === undefined ? 0 : rows - valid.reduce((sum, bit) => sum + bit, 0);
  const text = type.kind === 'scalar' && type.dtype === 'string';
  if (type.nullable && nulls === 0)
    loss({ path, kind: 'type', from: `nullable ${nameOf(type)}`, to: nameOf(type) });
  if (type.kind !== 'scalar' || !isNDArray(values) || values.shape.length !== 1) {
    loss({ path, kind: 'type', from: nameOf(type), to: 'string of JSON', count: rows });
    return;
  }
  if (type.dictionary === true)
    loss({ path, kind: 'type', from: 'dictionary', to: nameOf({ ...type, dictionary: false }) });
  if (rows === nulls && !text) loss({ path, kind: 'dtype', from: nameOf(type), to: 'string', count: rows });
  if (type.decimal !== undefined) {
    const { precision, scale } = type.decimal;
    loss({
      path,
      kind: 'dtype',
      from: `decimal(${precision}, ${scale})`,
      to: scale > 0 ? 'float64 or string' : 'int64 or string',
      count: rows,
    });
    return;
  }
  if (type.zone !== undefined && type.zone !== 'UTC')
    loss({ path, kind: 'unit', from: `zone ${type.zone}`, to: 'zone UTC' });
  reportElementLosses(values, type.zone !== undefined, path, loss);
}

const CANONICAL = new BigUint64Array(Float64Array.of(Number.NaN).buffer)[0]!;

/** A NaN is written as `nan`, whatever its bits. */
function reportNaNs(data: Float64Array, path: string, loss: Report): void {
  let bits: BigUint64Array | undefined;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === value) continue;
    bits ??= new BigUint64Array(data.buffer, data.byteOffset, data.length);
    if (bits[i] !== CANONICAL) count++;
  }
  if (count > 0) loss({ path, kind: 'nan', from: 'NaN with other bits', to: 'NaN', count });
}

function nameOf(type: ColumnType): string {
  return type.kind === 'scalar'
    ? `${type.dtype}${type.unit === undefined ? '' : `[${type.unit}]`}`
    : type.kind;
}
