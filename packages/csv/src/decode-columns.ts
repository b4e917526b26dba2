import type { Budget, Column } from '@formatlab/core';
import type { Cells } from './cells/cells.js';
import type { Seen } from './cells/kinds.js';
import type { Grid } from './grid/grid.js';
import { builderOf, type ColumnPlan } from './layout/column-plan.js';

export interface DecodedColumns {
  readonly columns: readonly Column[];
  readonly rows: number;
}

/**
 * Columns of the types that the first rows have; those that go on otherwise are classified whole and read again.
 *
 * @param grids the rows, from the first one on, each time it is called
 * @param sample what the first rows of each column hold
 * @param expected how many rows there will be, about
 */
export function decodeColumns(
  grids: () => Iterable<Grid>,
  plans: readonly ColumnPlan[],
  sample: readonly Seen[],
  expected: number,
  cells: Cells,
  budget: Budget,
): DecodedColumns {
  const build = (columns: readonly number[], seen: readonly Seen[]) => {
    const active = new Map(
      columns.map((column) => [column, builderOf(plans[column]!, seen[column]!, expected, budget)]),
    );
    const failed: number[] = [];
    let rows = 0;
    for (const grid of grids()) {
      budget.takeItems(grid.rows * active.size, 'the cells of a CSV file');
      for (const [column, builder] of active) {
        if (builder.add(grid, column, cells) < 0) continue;
        failed.push(column);
        active.delete(column);
      }
      rows += grid.rows;
    }
    const built = new Map(
      [...active].map(([column, builder]) => [column, builder.finish(plans[column]!.name)]),
    );
    return { built, failed, rows };
  };
  const all = plans.map((_, column) => column);
  const { built, failed, rows } = build(all, sample);
  if (failed.length > 0) {
    const seen = classify(grids, plans.length, failed, cells);
    for (const [column, result] of build(failed, seen).built) built.set(column, result);
  }
  return { columns: all.map((column) => built.get(column)!), rows };
}

function classify(
  grids: () => Iterable<Grid>,
  count: number,
  columns: readonly number[],
  cells: Cells,
): readonly Seen[] {
  const seen = Array.from({ length: count }, (): Seen => ({ kinds: 0, secondDigits: 0 }));
  for (const grid of grids()) for (const column of columns) cells.classifyColumn(grid, column, seen[column]!);
  return seen;
}
