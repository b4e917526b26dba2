import { type Budget, type Column, NAT, NDArray, scalarType } from '@formatlab/core';
import type { Cells } from '../cells/cells.js';
import type { InferredType } from '../cells/kinds.js';
import { matches } from '../cells/number-cells.js';
import { MOST_NANOSECOND_SECONDS, newTimestamp, parseTimestamp, type Timestamp } from '../cells/timestamp.js';
import type { Grid } from '../grid/grid.js';
import type { ColumnBuilder } from './builder.js';
import { Growing, NullMask } from './growing.js';
import { putInt64 } from './int64-words.js';

type Unit = NonNullable<InferredType['unit']>;

/** Ticks of each unit in a second; a day is not a part of one. */
const TICKS: Readonly<Record<Unit, number>> = { D: 0, s: 1, ms: 1e3, us: 1e6, ns: 1e9 };
const DIGITS: Readonly<Record<Unit, number>> = { D: 0, s: 0, ms: 3, us: 6, ns: 9 };
const SECONDS_PER_DAY = 86_400;

export class TimeBuilder implements ColumnBuilder {
  readonly #unit: Unit;
  readonly #zone: 'UTC' | undefined;
  readonly #values: Growing<BigInt64Array>;
  readonly #nulls: NullMask;
  readonly #time = newTimestamp();
  #rows = 0;

  constructor(unit: Unit, zone: 'UTC' | undefined, expected: number, budget: Budget) {
    this.#unit = unit;
    this.#zone = zone;
    this.#values = new Growing((count) => new BigInt64Array(count), expected, budget);
    this.#nulls = new NullMask(budget);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    const { starts, ends, columns, rows } = grid;
    const values = this.#values.reserve(this.#rows + rows);
    const words = new Int32Array(values.buffer);
    const form = this.#unit === 'D' ? 'date' : this.#zone === undefined ? 'local' : 'utc';
    const digits = DIGITS[this.#unit];
    const time = this.#time;
    let at = this.#rows;
    for (let row = 0, cell = column; row < rows; row++, cell += columns, at++) {
      const start = starts[cell]!;
      if (start < 0) return row;
      const end = ends[cell]!;
      if (cells.isNull(start, end)) this.#nulls.setNull(at);
      else if (parseTimestamp(cells.bytes, start, end, time)) {
        if (time.form !== form || time.digits > digits) return row;
        if (!putTicks(time, this.#unit, values, words, at)) return row;
      } else if (end - start === 3 && matches(cells.bytes, start, 'NaT')) values[at] = NAT;
      else return row;
    }
    this.#rows = at;
    return -1;
  }

  finish(name: string): Column {
    const valid = this.#nulls.finish(this.#rows);
    const unit = this.#unit;
    const zone = this.#zone === undefined ? {} : { zone: this.#zone };
    return {
      name,
      type: scalarType('datetime64', { nullable: valid !== undefined, unit, ...zone }),
      values: new NDArray({
        dtype: 'datetime64',
        shape: [this.#rows],
        data: this.#values.take(this.#rows),
        unit,
      }),
      valid,
    };
  }
}

/** False where int64 does not hold the ticks. */
export function putTicks(
  time: Timestamp,
  unit: Unit,
  values: BigInt64Array,
  words: Int32Array,
  at: number,
): boolean {
  if (unit === 'D') {
    putInt64(words, at, time.seconds / SECONDS_PER_DAY);
    return true;
  }
  const perSecond = TICKS[unit];
  const ticks = time.seconds * perSecond + time.nanoseconds / (1e9 / perSecond);
  if (Number.isSafeInteger(ticks)) putInt64(words, at, ticks);
  else if (unit === 'ns' && Math.abs(time.seconds) > MOST_NANOSECOND_SECONDS) return false;
  else values[at] = BigInt(time.seconds) * BigInt(perSecond) + BigInt(time.nanoseconds / (1e9 / perSecond));
  return true;
}
