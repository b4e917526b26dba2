import type { Dialect } from '../dialect/dialect.js';
import type { Grid } from '../grid/grid.js';
import { CellText } from './cell-text.js';
import { commonKind } from './common-cells.js';
import {
  DATE,
  FAR,
  LOCAL_TIME,
  LOWER_BOOL,
  NOT_A_TIME,
  NULL,
  type Seen,
  TEXT,
  TITLE_BOOL,
  UTC_TIME,
} from './kinds.js';
import { matches, NumberCells } from './number-cells.js';
import { MOST_NANOSECOND_SECONDS, newTimestamp, parseTimestamp, type Timestamp } from './timestamp.js';

/** Everything that reads cells of one run of bytes. */
export class Cells {
  readonly bytes: Uint8Array;
  readonly numbers: NumberCells;
  readonly text: CellText;
  readonly #nulls: readonly Uint8Array[];
  /** Whether a cell in a common form is what it looks like, without a look at the dialect. */
  readonly #plain: boolean;
  readonly #time: Timestamp = newTimestamp();
  /** Offset in the file of a byte, for messages. */
  readonly locate: (at: number) => number;

  constructor(bytes: Uint8Array, dialect: Dialect, locate: (at: number) => number = (at) => at) {
    this.bytes = bytes;
    this.#nulls = dialect.nulls;
    this.#plain = dialect.nulls.length === 0 && !dialect.decimalComma;
    this.numbers = new NumberCells(bytes, dialect.decimalComma);
    this.text = new CellText(bytes, dialect.quote, locate);
    this.locate = locate;
  }

  /** Whether an unquoted cell is empty, or one of the texts that mean null. */
  isNull(start: number, end: number): boolean {
    if (start === end) return true;
    for (const text of this.#nulls) {
      if (text.length === end - start && sameBytes(this.bytes, start, text)) return true;
    }
    return false;
  }

  /** Joins the cells of a column, from `row` on, to what was seen of it. */
  classifyColumn(grid: Grid, column: number, seen: Seen, row = 0): void {
    const { starts, ends, columns } = grid;
    const { bytes } = this;
    for (let i = row, cell = row * columns + column; i < grid.rows; i++, cell += columns) {
      // Nothing more can be learnt about text.
      if ((seen.kinds & TEXT) !== 0) return;
      const start = starts[cell]!;
      const kind = this.#plain && start >= 0 ? commonKind(bytes, start, ends[cell]!) : 0;
      if (kind !== 0) seen.kinds |= kind;
      else this.classify(grid, cell, seen);
    }
  }

  /** Notes whether there are nulls among the cells of a column of text, whose classifying has ended. */
  noteNulls(grid: Grid, column: number, seen: Seen): void {
    if ((seen.kinds & TEXT) === 0 || (seen.kinds & NULL) !== 0) return;
    const { starts, ends, columns } = grid;
    const empty = this.#nulls.length === 0;
    for (let i = 0, cell = column; i < grid.rows; i++, cell += columns) {
      const start = starts[cell]!;
      if (start < 0 || (empty ? start !== ends[cell] : !this.isNull(start, ends[cell]!))) continue;
      seen.kinds |= NULL;
      return;
    }
  }

  classify(grid: Grid, cell: number, seen: Seen): void {
    const start = grid.starts[cell]!;
    const end = grid.ends[cell]!;
    // A quoted cell is text, whatever it says.
    if (start < 0) seen.kinds |= TEXT;
    else if (this.isNull(start, end)) seen.kinds |= NULL;
    else this.#classifyValue(start, end, seen);
  }

  #classifyValue(start: number, end: number, seen: Seen): void {
    const number = this.numbers.kindOf(start, end);
    if (number !== 0) {
      seen.kinds |= number;
      return;
    }
    const first = this.bytes[start]!;
    const numeric = first === 0x2d || first === 0x2b || (first >= 0x30 && first <= 0x39);
    if (!numeric) seen.kinds |= wordKind(this.bytes, start, end);
    else if (!parseTimestamp(this.bytes, start, end, this.#time)) seen.kinds |= TEXT;
    else {
      const time = this.#time;
      seen.kinds |= time.form === 'date' ? DATE : time.form === 'utc' ? UTC_TIME : LOCAL_TIME;
      if (Math.abs(time.seconds) > MOST_NANOSECOND_SECONDS) seen.kinds |= FAR;
      if (time.digits > seen.secondDigits) seen.secondDigits = time.digits;
    }
  }
}

function wordKind(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length === 3) return matches(bytes, start, 'NaT') ? NOT_A_TIME : TEXT;
  if (length === 4) {
    if (matches(bytes, start, 'true')) return LOWER_BOOL;
    return matches(bytes, start, 'True') ? TITLE_BOOL : TEXT;
  }
  if (length !== 5) return TEXT;
  if (matches(bytes, start, 'false')) return LOWER_BOOL;
  return matches(bytes, start, 'False') ? TITLE_BOOL : TEXT;
}

function sameBytes(bytes: Uint8Array, start: number, text: Uint8Array): boolean {
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text[i]) return false;
  return true;
}
