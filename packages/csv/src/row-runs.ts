import { Budget, FormatError, Table } from '@formatlab/core';
import type { Grid } from './grid/grid.js';
import { type WindowGrid, windowGrids } from './grid/windows.js';
import { builderOf, type ColumnPlan } from './layout/column-plan.js';
import { markBefore, type Scan } from './layout/scan.js';
import { typed } from './layout/selections.js';
import type { Utf8Source } from './utf8-source.js';

/** Rows that stand together: `start` is the first of them, `stop` the one behind. */
export interface RowRun {
  readonly start: number;
  readonly stop: number;
}

/** A table of some columns for each run. The runs are in order: the file is gone through once. */
export async function* rowRuns(
  text: Utf8Source,
  scan: Scan,
  wanted: readonly ColumnPlan[],
  runs: Iterable<RowRun>,
  budget: Budget,
): AsyncGenerator<Table> {
  const { dialect, columns } = scan.layout;
  const numbers = wanted.map((plan) => scan.plans.indexOf(plan));
  let grids: AsyncGenerator<WindowGrid> | undefined;
  let current: WindowGrid | undefined;
  /** Row of the file that the current grid begins with. */
  let row = 0;
  try {
    for (const { start, stop } of runs) {
      if (grids === undefined) {
        const mark = markBefore(scan.marks, start);
        grids = windowGrids(text, dialect, columns, mark.position, budget);
        row = mark.row;
      }
      // Batches come and go: what is charged for one is gone with it.
      const own = new Budget({ bytes: budget.bytesLeft });
      const builders = numbers.map((i) => builderOf(scan.plans[i]!, scan.seen[i]!, stop - start, own));
      for (let next = start; next < stop; ) {
        if (current === undefined || row + current.grid.rows <= next) {
          row += current?.grid.rows ?? 0;
          const step: IteratorResult<WindowGrid> = await grids.next();
          if (step.done === true) throw fewer(next, scan);
          current = step.value;
          continue;
        }
        const { grid, cells }: WindowGrid = current;
        const to = Math.min(grid.rows, stop - row);
        const part = partOf(grid, next - row, to);
        builders.forEach((builder, i) => builder.add(part, numbers[i]!, cells));
        next = row + to;
      }
      const made = builders.map((builder, i) => builder.finish(wanted[i]!.name));
      yield new Table(
        stop - start,
        made.map((column, i) => typed(column, scan.types[numbers[i]!]!)),
      );
    }
  } finally {
    await grids?.return(undefined);
  }
}

function partOf(grid: Grid, from: number, to: number): Grid {
  if (from === 0 && to === grid.rows) return grid;
  return {
    ...grid,
    rows: to - from,
    record: grid.record + from,
    starts: grid.starts.subarray(from * grid.columns),
    ends: grid.ends.subarray(from * grid.columns),
    text: undefined,
  };
}

/** Only a wrong index, or a file that has changed, has fewer rows than were found. */
function fewer(row: number, { rows }: Scan): FormatError {
  return new FormatError(
    'corrupt',
    `read row ${row}: the file ends before it, ${rows} rows were found; make its index anew with 'index'`,
    { format: 'csv', feature: 'index' },
  );
}
