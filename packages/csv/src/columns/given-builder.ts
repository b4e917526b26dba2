import {
  allocateData,
  type Budget,
  type Column,
  type DType,
  FormatError,
  NAT,
  NDArray,
  scalarType,
} from '@formatlab/core';
import type { Cells } from '../cells/cells.js';
import type { InferredType } from '../cells/kinds.js';
import { int64At } from '../cells/number-cells.js';
import { newTimestamp, parseTimestamp } from '../cells/timestamp.js';
import type { Grid } from '../grid/grid.js';
import type { ColumnBuilder } from './builder.js';
import { NullMask } from './growing.js';
import { putTicks } from './time-builder.js';

/** A type that the caller gives: cells in quotes and looser spellings are accepted, other cells refused. */
export interface GivenType {
  readonly dtype: DType;
  readonly unit?: NonNullable<InferredType['unit']>;
  readonly zone?: 'UTC';
}

const INTEGERS: Readonly<Partial<Record<DType, readonly [bigint, bigint]>>> = {
  int8: [-128n, 127n],
  int16: [-32768n, 32767n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
  uint8: [0n, 255n],
  uint16: [0n, 65535n],
  uint32: [0n, 2n ** 32n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
};
const BOOLS: Readonly<Record<string, number>> = {
  true: 1,
  false: 0,
  True: 1,
  False: 0,
  TRUE: 1,
  FALSE: 0,
  t: 1,
  f: 0,
  '1': 1,
  '0': 0,
};

export class GivenBuilder implements ColumnBuilder {
  readonly #type: GivenType;
  readonly #budget: Budget;
  readonly #nulls: NullMask;
  #data: { [index: number]: number | bigint; readonly length: number };
  #rows = 0;
  #zone: 'utc' | 'local' | undefined;
  readonly #time = newTimestamp();

  constructor(type: GivenType, budget: Budget) {
    this.#type = type;
    this.#budget = budget;
    this.#nulls = new NullMask(budget);
    this.#data = this.#allocate(0);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    this.#reserve(this.#rows + grid.rows);
    for (let row = 0; row < grid.rows; row++, this.#rows++) {
      const cell = row * grid.columns + column;
      const start = grid.starts[cell]!;
      if (start >= 0 && cells.isNull(start, grid.ends[cell]!)) this.#nulls.setNull(this.#rows);
      else if (!this.#put(grid, cell, cells)) throw this.#misfit(grid, row, cell, cells);
    }
    return -1;
  }

  finish(name: string): Column {
    const { dtype, unit } = this.#type;
    const valid = this.#nulls.finish(this.#rows);
    const all = this.#data as unknown as Float64Array;
    // The store was allocated for this dtype.
    const data = all.subarray(0, this.#rows) as unknown as NDArray['data'];
    const rest = { nullable: valid !== undefined, ...(unit === undefined ? {} : { unit }) };
    return {
      name,
      type: scalarType(dtype, this.#zone === 'utc' ? { ...rest, zone: 'UTC' } : rest),
      values: new NDArray({ dtype, shape: [this.#rows], data, unit }),
      valid,
    };
  }

  #put(grid: Grid, cell: number, cells: Cells): boolean {
    const { dtype } = this.#type;
    const at = this.#rows;
    const start = grid.starts[cell]!;
    const from = start < 0 ? ~start : start;
    const end = grid.ends[cell]!;
    if (end < 0) return false;
    if (dtype === 'datetime64') return this.#putTime(cells, from, end, at);
    if (dtype === 'bool') {
      const text = cells.text.of(grid, cell);
      if (!Object.hasOwn(BOOLS, text)) return false;
      this.#data[at] = BOOLS[text]!;
      return true;
    }
    if (dtype === 'float64' || dtype === 'float32') return this.#putFloat(grid, cell, cells, from, end, at);
    const integer = int64At(cells.bytes, from, end) ?? bigOf(cells.text.of(grid, cell));
    const [least, most] = INTEGERS[dtype]!;
    if (integer === undefined || integer < least || integer > most) return false;
    this.#data[at] = dtype === 'int64' || dtype === 'uint64' ? integer : Number(integer);
    return true;
  }

  #putFloat(grid: Grid, cell: number, cells: Cells, from: number, end: number, at: number): boolean {
    let value = cells.numbers.kindOf(from, end) === 0 ? Number.NaN : cells.numbers.value[0]!;
    if (Number.isNaN(value)) {
      const text = cells.text.of(grid, cell).trim();
      value = Number(text);
      if (text === '' || (Number.isNaN(value) && !/^[+-]?nan$/i.test(text))) return false;
    }
    this.#data[at] = value;
    return true;
  }

  #putTime(cells: Cells, from: number, end: number, at: number): boolean {
    const unit = this.#type.unit ?? 'ms';
    const values = this.#data as unknown as BigInt64Array;
    if (end - from === 3 && String.fromCharCode(...cells.bytes.subarray(from, end)) === 'NaT') {
      values[at] = NAT;
      return true;
    }
    if (!parseTimestamp(cells.bytes, from, end, this.#time)) return false;
    const zone = this.#time.form === 'utc' ? 'utc' : 'local';
    this.#zone ??= zone;
    const finer =
      unit === 'D' ? this.#time.form !== 'date' : this.#time.digits > { s: 0, ms: 3, us: 6, ns: 9 }[unit];
    return (
      this.#zone === zone && !finer && putTicks(this.#time, unit, values, new Int32Array(values.buffer), at)
    );
  }

  #reserve(count: number): void {
    if (count <= this.#data.length) return;
    const grown = this.#allocate(Math.max(count, Math.ceil(this.#data.length * 1.5)));
    // Both stores are typed arrays of one class.
    (grown as unknown as Float64Array).set(this.#data as unknown as Float64Array);
    this.#data = grown;
  }

  #allocate(count: number): { [index: number]: number | bigint; readonly length: number } {
    this.#budget.takeBytes(count * 8, `a column of ${count} rows`);
    return allocateData(this.#type.dtype, count) as unknown as {
      [index: number]: number | bigint;
      readonly length: number;
    };
  }

  #misfit(grid: Grid, row: number, cell: number, cells: Cells): FormatError {
    const { dtype, unit } = this.#type;
    const text = cells.text.of(grid, cell);
    const shown = text.length > 40 ? `${text.slice(0, 37)}…` : text;
    const start = grid.starts[cell]!;
    return new FormatError(
      'corrupt',
      `read '${shown}' in row ${grid.record + row + 1} as ${dtype}${unit === undefined ? '' : `[${unit}]`}: it is none`,
      {
        format: 'csv',
        offset: cells.locate(start < 0 ? ~start : start),
        found: shown,
      },
    );
  }
}

function bigOf(text: string): bigint | undefined {
  return /^\s*[+-]?\d{1,20}\s*$/.test(text) ? BigInt(text.trim().replace('+', '')) : undefined;
}
