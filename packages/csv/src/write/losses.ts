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
  const losses = new TableLosses();
  losses.add(table);
  losses.report(loss);
}

/** What of a table that comes in batches a CSV file does not say: known when all of it was seen. */
export class TableLosses {
  #rows = 0;
  #columns: ColumnLosses[] | undefined;

  add(table: Table): void {
    this.#rows += table.rows;
    this.#columns ??= table.columns.map((column) => new ColumnLosses(column));
    table.columns.forEach((column, i) => this.#columns![i]!.add(column, table.rows));
  }

  report(loss: Report): void {
    if (this.#columns?.length === 0 && this.#rows > 0)
      loss({ path: '', kind: 'shape', from: `${this.#rows} rows without columns`, to: 'no rows' });
    for (const column of this.#columns ?? []) column.report(loss);
  }
}

class ColumnLosses {
  readonly #path: string;
  readonly #type: ColumnType;
  #rows = 0;
  #nulls = 0;
  #flat = true;
  #strangeNaNs = 0;
  /** Whether all times are NaT. */
  #nothing = true;
  #unit: string | undefined;

  constructor({ name, type }: Column) {
    this.#path = childPath('', name);
    this.#type = type;
  }

  add({ values, valid }: Column, rows: number): void {
    this.#rows += rows;
    if (valid !== undefined) this.#nulls += rows - valid.reduce((sum, bit) => sum + bit, 0);
    if (!isNDArray(values) || values.shape.length !== 1) {
      this.#flat = false;
      return;
    }
    if (values.dtype === 'float64') this.#strangeNaNs += countStrangeNaNs(values.data as Float64Array);
    this.#unit ??= values.unit;
    if (values.dtype === 'datetime64' && this.#nothing)
      this.#nothing = (values.data as BigInt64Array).every((ticks) => ticks === NAT);
  }

  report(loss: Report): void {
    const path = this.#path;
    const type = this.#type;
    const rows = this.#rows;
    const text = type.kind === 'scalar' && type.dtype === 'string';
    if (type.nullable && this.#nulls === 0)
      loss({ path, kind: 'type', from: `nullable ${nameOf(type)}`, to: nameOf(type) });
    if (type.kind !== 'scalar' || !this.#flat) {
      loss({ path, kind: 'type', from: nameOf(type), to: 'string of JSON', count: rows });
      return;
    }
    if (type.dictionary === true)
      loss({ path, kind: 'type', from: 'dictionary', to: nameOf({ ...type, dictionary: false }) });
    if (rows === this.#nulls && !text)
      loss({ path, kind: 'dtype', from: nameOf(type), to: 'string', count: rows });
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
    reportNaNs(this.#strangeNaNs, path, loss);
    if (type.dtype === 'datetime64' && rows > 0)
      reportTimes(this.#unit, this.#nothing, type.zone !== undefined, path, loss);
  }
}

/** Reports what of an array of scalars is written otherwise: units of time, the bits of NaN. */
export function reportElementLosses(array: NDArray, utc: boolean, path: string, loss: Report): void {
  if (array.dtype === 'float64') reportNaNs(countStrangeNaNs(array.data as Float64Array), path, loss);
  if (array.dtype !== 'datetime64' || array.size === 0) return;
  const nothing = (array.data as BigInt64Array).every((ticks) => ticks === NAT);
  reportTimes(array.unit, nothing, utc, path, loss);
}

function reportTimes(
  from: string | undefined,
  nothing: boolean,
  utc: boolean,
  path: string,
  loss: Report,
): void {
  const { unit, cuts } = timeUnits(from as NDArray['unit']);
  const read = nothing ? 's' : unit;
  if (read !== from) loss({ path, kind: 'unit', from: String(from), to: read });
  if (nothing && utc) loss({ path, kind: 'unit', from: 'zone UTC', to: 'no zone' });
  if (cuts) loss({ path, kind: 'precision', from: String(from), to: unit });
}

const CANONICAL = new BigUint64Array(Float64Array.of(Number.NaN).buffer)[0]!;

function reportNaNs(count: number, path: string, loss: Report): void {
  if (count > 0) loss({ path, kind: 'nan', from: 'NaN with other bits', to: 'NaN', count });
}

/** A NaN is written as `nan`, whatever its bits. */
function countStrangeNaNs(data: Float64Array): number {
  let bits: BigUint64Array | undefined;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === value) continue;
    bits ??= new BigUint64Array(data.buffer, data.byteOffset, data.length);
    if (bits[i] !== CANONICAL) count++;
  }
  return count;
}

function nameOf(type: ColumnType): string {
  return type.kind === 'scalar'
    ? `${type.dtype}${type.unit === undefined ? '' : `[${type.unit}]`}`
    : type.kind;
}
