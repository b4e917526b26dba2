import type { Budget } from '@formatlab/core';
import { Cells } from '../cells/cells.js';
import type { Dialect } from '../dialect/dialect.js';
import type { Utf8Source } from '../utf8-source.js';
import { type Grid, gridRows } from './grid.js';
import { type Position, Splitter } from './splitter.js';

/** Bytes read at a time, unless a record is longer. */
export const WINDOW = 1 << 20;

/** Rows of a source, and what reads their cells. */
export interface WindowGrid {
  readonly grid: Grid;
  readonly cells: Cells;
  /** Where the row behind the grid begins. */
  readonly behind: Position;
}

/**
 * The rows of a source from a position on, a window at a time: what is in memory does not grow with the file.
 * Records and characters that the end of a window cuts are read again with the next one.
 */
export async function* windowGrids(
  text: Utf8Source,
  dialect: Dialect,
  columns: number,
  from: Position,
  budget: Budget,
  rows = gridRows(columns),
): AsyncGenerator<WindowGrid> {
  let base = from.at;
  let record = from.record;
  let window = WINDOW;
  while (base < text.size) {
    const length = Math.min(window, text.size - base);
    budget.takeBytes(length, `a window of ${length} bytes`);
    const bytes = await text.read(base, length);
    const final = base + length >= text.size;
    const start = base;
    const locate = (at: number): number => text.locate(start + at);
    const splitter = new Splitter(bytes, dialect, { at: 0, record }, final, locate);
    const cells = new Cells(bytes, dialect, locate);
    for (
      let grid = splitter.next(columns, rows);
      grid !== undefined;
      grid = splitter.next(columns, rows, grid)
    ) {
      yield { grid, cells, behind: { at: base + splitter.at, record: splitter.record } };
    }
    budget.releaseBytes(length);
    if (final) return;
    // A record that is longer than the window needs a larger one.
    window = splitter.at === 0 ? window * 2 : WINDOW;
    base += splitter.at;
    record = splitter.record;
  }
}
