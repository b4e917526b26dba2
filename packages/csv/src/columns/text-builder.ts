import { type Budget, type Column, NDArray, scalarType } from '@formatlab/core';
import { TextCache } from '../cells/cell-text.js';
import type { Cells } from '../cells/cells.js';
import type { Grid } from '../grid/grid.js';
import type { ColumnBuilder } from './builder.js';
import { NullMask } from './growing.js';

/** What a string takes besides its characters. */
const STRING_BYTES = 24;

export class TextBuilder implements ColumnBuilder {
  readonly #values: string[] = [];
  readonly #nulls: NullMask;
  readonly #budget: Budget;
  readonly #cache = new TextCache();

  constructor(budget: Budget) {
    this.#budget = budget;
    this.#nulls = new NullMask(budget);
  }

  add(grid: Grid, column: number, cells: Cells): number {
    const { starts, ends, columns, rows } = grid;
    const values = this.#values;
    const { text } = cells;
    const cache = this.#cache.useful ? this.#cache : undefined;
    let length = 0;
    for (let row = 0, cell = column; row < rows; row++, cell += columns) {
      const start = starts[cell]!;
      const end = ends[cell]!;
      if (start < 0) values.push(text.between(grid, ~start, end));
      else if (cells.isNull(start, end)) {
        this.#nulls.setNull(values.length);
        values.push('');
      } else {
        length += end - start;
        values.push(cache === undefined ? text.between(grid, start, end) : cache.of(text, grid, start, end));
      }
    }
    this.#budget.takeBytes(rows * STRING_BYTES + length, `text of ${rows} rows`);
    return -1;
  }

  finish(name: string): Column {
    const rows = this.#values.length;
    const valid = this.#nulls.finish(rows);
    return {
      name,
      type: scalarType('string', { nullable: valid !== undefined }),
      values: new NDArray({ dtype: 'string', shape: [rows], data: this.#values }),
      valid,
    };
  }
}
