import { type Budget, type Column, NDArray, scalarType } from '@formatlab/core';
import type { Cells } from '../cells/cells.js';
import { commonInteger } from '../cells/common-cells.js';
import { FLOAT, INT, WIDE_INT } from '../cells/kinds.js';
import { int64At } from '../cells/number-cells.js';
import type { Grid } from '../grid/grid.js';
import type { ColumnBuilder } from './builder.js';
import { Growing, NullMask } from './growing.js';
import { putInt64 } from './int64-words.js';

export class FloatBuilder implements ColumnBuilder {
  readonly #values: Growing<Float64Array>;
  readonly #nulls: NullMask;
  #rows = 0;

  constructor(expected: number, budget: Budget) {
    this.#values = new Growing((count) => new Float64Array(count), expected, budget);
    this.#nulls = new NullMask(budget);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    const { starts, ends, columns, rows } = grid;
    const values = this.#values.reserve(this.#rows + rows);
    const { numbers } = cells;
    const { value } = numbers;
    let at = this.#rows;
    for (let row = 0, cell = column; row < rows; row++, cell += columns, at++) {
      const start = starts[cell]!;
      if (start < 0) return row;
      const end = ends[cell]!;
      if (cells.isNull(start, end)) {
        this.#nulls.setNull(at);
        continue;
      }
      const kind = numbers.kindOf(start, end);
      if (kind !== FLOAT && kind !== INT) return row;
      values[at] = value[0]!;
    }
    this.#rows = at;
    return -1;
  }

  finish(name: string): Column {
    const valid = this.#nulls.finish(this.#rows);
    const data = this.#values.take(this.#rows);
    return {
      name,
      type: scalarType('float64', { nullable: valid !== undefined }),
      values: new NDArray({ dtype: 'float64', shape: [this.#rows], data }),
      valid,
    };
  }
}

export class IntBuilder implements ColumnBuilder {
  readonly #values: Growing<BigInt64Array>;
  readonly #nulls: NullMask;
  #rows = 0;

  constructor(expected: number, budget: Budget) {
    this.#values = new Growing((count) => new BigInt64Array(count), expected, budget);
    this.#nulls = new NullMask(budget);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    const { starts, ends, columns, rows } = grid;
    const values = this.#values.reserve(this.#rows + rows);
    const words = new Int32Array(values.buffer);
    const { numbers } = cells;
    const { value } = numbers;
    let at = this.#rows;
    for (let row = 0, cell = column; row < rows; row++, cell += columns, at++) {
      const start = starts[cell]!;
      if (start < 0) return row;
      const end = ends[cell]!;
      if (cells.isNull(start, end)) {
        this.#nulls.setNull(at);
        continue;
      }
      const common = commonInteger(cells.bytes, start, end);
      if (common === common) {
        putInt64(words, at, common);
        continue;
      }
      const kind = numbers.kindOf(start, end);
      if (kind === INT) putInt64(words, at, value[0]!);
      else if (kind === WIDE_INT) values[at] = int64At(cells.bytes, start, end)!;
      else return row;
    }
    this.#rows = at;
    return -1;
  }

  finish(name: string): Column {
    const valid = this.#nulls.finish(this.#rows);
    const data = this.#values.take(this.#rows);
    return {
      name,
      type: scalarType('int64', { nullable: valid !== undefined }),
      values: new NDArray({ dtype: 'int64', shape: [this.#rows], data }),
      valid,
    };
  }
}
