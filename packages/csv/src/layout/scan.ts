import type { Context, ScalarType } from '@formatlab/core';
import { type Seen, WIDE_INT } from '../cells/kinds.js';
import { gridRows } from '../grid/grid.js';
import type { Position } from '../grid/splitter.js';
import { windowGrids } from '../grid/windows.js';
import type { CsvOptions } from '../options.js';
import type { Utf8Source } from '../utf8-source.js';
import type { ColumnPlan } from './column-plan.js';
import type { Layout } from './layout.js';
import { openLayout } from './open-layout.js';
import { type ArrayType, arrayTypeOf } from './root.js';
import { scalarTypeOf } from './selections.js';

/** Where a row begins. */
export interface Mark {
  readonly row: number;
  readonly position: Position;
}

/** What a scan over the file finds. */
export interface Scan {
  readonly layout: Layout;
  readonly plans: readonly ColumnPlan[];
  readonly seen: readonly Seen[];
  readonly types: readonly ScalarType[];
  readonly rows: number;
  /** The type of the array that the file is; undefined for a table. */
  readonly array: ArrayType | undefined;
  /** Where some of the rows begin, in order: the first one, and the end behind the last. */
  readonly marks: readonly Mark[];
}

/**
 * Reads all rows once; undefined where there are none.
 *
 * @param every bytes between two marks, about; default: what is quickest
 * @param before a scan of the file when it was shorter: only what was added is read
 */
export async function scanRows(
  text: Utf8Source,
  context: Context<CsvOptions>,
  every = Number.POSITIVE_INFINITY,
  before?: Scan,
): Promise<Scan | undefined> {
  const { budget } = context;
  const opened = before ?? (await openLayout(text, context));
  if (opened === undefined) return undefined;
  const { layout, plans } = opened;
  const { dialect, columns, data } = layout;
  const seen =
    before?.seen.map((each) => ({ ...each })) ?? plans.map((): Seen => ({ kinds: 0, secondDigits: 0 }));
  // The last row may have had no line end: what begins before it is read again.
  const marks = before?.marks.slice(0, -1) ?? [];
  if (marks.length === 0) marks.push({ row: 0, position: data });
  const { row, position } = marks.at(-1)!;
  let rows = row;
  const most = Math.min(gridRows(columns), rowsIn(every, layout));
  for await (const { grid, cells, behind } of windowGrids(text, dialect, columns, position, budget, most)) {
    for (let column = 0; column < columns; column++) {
      cells.classifyColumn(grid, column, seen[column]!);
      cells.noteNulls(grid, column, seen[column]!);
    }
    rows += grid.rows;
    const isFar = behind.at - marks.at(-1)!.position.at >= every;
    if (every === Number.POSITIVE_INFINITY || isFar) marks.push({ row: rows, position: behind });
    context.progress(behind.at, text.size);
  }
  if (marks.at(-1)!.row < rows || marks.length === 1)
    marks.push({ row: rows, position: { at: text.size, record: 0 } });
  return { ...summary(layout, plans, seen), layout, plans, seen, rows, marks };
}

/** What the cells of all rows make of the file. */
export function summary(
  layout: Layout,
  plans: readonly ColumnPlan[],
  seen: readonly Seen[],
): Pick<Scan, 'types' | 'array'> {
  const types = plans.map((plan, column) => scalarTypeOf(plan, seen[column]!));
  const array =
    layout.header === undefined
      ? arrayTypeOf(types, (column) => (seen[column]!.kinds & WIDE_INT) !== 0)
      : undefined;
  return { types, array };
}

/** The last mark at or before a row. */
export function markBefore(marks: readonly Mark[], row: number): Mark {
  return marks[firstAbove(marks, row) - 1]!;
}

/** The first mark at or behind a row that does not begin before it. */
export function markBehind(marks: readonly Mark[], row: number): Mark | undefined {
  return marks[firstAbove(marks, row - 1)];
}

/** The place of the first mark of a later row. */
function firstAbove(marks: readonly Mark[], row: number): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (marks[middle]!.row <= row) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Rows of the sample that take so many bytes: a quarter, so that marks come soon behind where they are due. */
function rowsIn(bytes: number, { sampleBytes, sampleRows }: Layout): number {
  const row = sampleBytes / Math.max(1, sampleRows);
  return Math.max(1, Math.floor(bytes / 4 / Math.max(1, row)));
}
