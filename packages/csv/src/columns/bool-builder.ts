import { type Budget, type Column, NDArray, scalarType } from '@formatlab/core';
import type { Cells } from '../cells/cells.js';
import { matches } from '../cells/number-cells.js';
import type { Grid } from '../grid/grid.js';
import type { ColumnBuilder } from './builder.js';
import { Growing, NullMask } from './growing.js';

/** `true` and `false`, or `True` and `False`, but not both spellings in one column. */
export class BoolBuilder implements ColumnBuilder {
  readonly #values: Growing<Uint8Array>;
  readonly #nulls: NullMask;
  /** The spelling of the first value, `true` or `True`. */
  #spelling: 'lower' | 'title' | undefined;
  #rows = 0;

  constructor(expected: number, budget: Budget) {
    this.#values = new Growing((count) => new Uint8Array(count), expected, budget);
    this.#nulls = new NullMask(budget);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    const { starts, ends, columns, rows } = grid;
    const values = this.#values.reserve(this.#rows + rows);
    let at = this.#rows;
    for (let row = 0, cell = column; row < rows; row++, cell += columns, at++) {
      const start = starts[cell]!;
      if (start < 0) return row;
      const end = ends[cell]!;
      if (cells.isNull(start, end)) {
        this.#nulls.setNull(at);
        continue;
      }
      this.#spelling ??= cells.bytes[start]! >= 0x61 ? 'lower' : 'title';
      const title = this.#spelling === 'title';
      if (end - start === 4 && matches(cells.bytes, start, title ? 'True' : 'true')) values[at] = 1;
      else if (end - start === 5 && matches(cells.bytes, start, title ? 'False' : 'false')) values[at] = 0;
      else return row;
    }
    this.#rows = at;
    return -1;
  }

  finish(name: string): Column {
    const valid = this.#nulls.finish(this.#rows);
    return {
      name,
      type: scalarType('bool', { nullable: valid !== undefined }),
      values: new NDArray({ dtype: 'bool', shape: [this.#rows], data: this.#values.take(this.#rows) }),
      valid,
    };
  }
}
