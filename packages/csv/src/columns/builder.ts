import type { Budget, Column } from '@formatlab/core';
import type { Cells } from '../cells/cells.js';
import type { InferredType } from '../cells/kinds.js';
import type { Grid } from '../grid/grid.js';
import { BoolBuilder } from './bool-builder.js';
import { FloatBuilder, IntBuilder } from './number-builders.js';
import { TextBuilder } from './text-builder.js';
import { TimeBuilder } from './time-builder.js';

/** Gathers the cells of one column. */
export interface ColumnBuilder {
  /** Adds the rows of a grid. Returns the first row that the type does not hold, or -1. */
  add(grid: Grid, column: number, cells: Cells): number;
  finish(name: string): Column;
}

/** @param expected how many rows there will be, about */
export function newBuilder(type: InferredType, expected: number, budget: Budget): ColumnBuilder {
  switch (type.dtype) {
    case 'int64':
      return new IntBuilder(expected, budget);
    case 'float64':
      return new FloatBuilder(expected, budget);
    case 'bool':
      return new BoolBuilder(expected, budget);
    case 'datetime64':
      return new TimeBuilder(type.unit ?? 's', type.zone, expected, budget);
    case 'string':
      return new TextBuilder(budget);
  }
}
