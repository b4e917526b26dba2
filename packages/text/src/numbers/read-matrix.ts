import {
  type Budget,
  holdShape,
  IS_FLOAT,
  IS_ROUNDED,
  IS_WIDE,
  NumberRows,
  NumberScanner,
} from '@formatlab/core';
import { type Dialect, dialectOf } from '../options.js';
import { scanWord } from './words.js';

/** Rows of numbers that doubles hold. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  /** Whether all are integers below 2^53. */
  readonly integers: boolean;
}

export const LF = 0x0a;
export const CR = 0x0d;
const BLANK = 0x20;
const ZERO = 0x30;
const LOWER_E = 0x65;
/** Rows are guessed from the first one; this is the room for the guess to be wrong. */
const SPARE = 1.02;
/** Bytes between two reports of progress. */
const BLOCK = 2 ** 22;

/**
 * Reads rows of plain numbers from bytes straight into one Float64Array: the fast way. Undefined for all that needs
 * a second look: a cell of another kind, a number that a double does not hold, a row of another length. The slow
 * way then finds out what it is.
 */
export function readMatrix(
  bytes: Uint8Array,
  start: number,
  end: number,
  dialect: Dialect,
  maxRows: number,
  budget: Budget,
  progress: (done: number) => void,
): Matrix | undefined {
  const first = firstRowAt(bytes, start, end, dialect);
  if (first < 0 || maxRows === 0) return undefined;
  const before = budget.bytesLeft;
  const line = lineEnd(bytes, first, end);
  const columns = countCells(bytes, first, line, dialect);
  const capacity = Math.ceil(((end - first) / (line + 1 - first)) * SPARE + 2) * columns;
  budget.takeBytes(capacity * 8, `${capacity} numbers`);
  const scan = new MatrixScan(bytes, first, end, dialect, columns, maxRows, new Float64Array(capacity));
  for (let until = first; ; ) {
    until = Math.min(end, Math.max(until, scan.at) + BLOCK);
    const state = scan.run(until);
    if (state === GIVEN_UP) {
      budget.releaseBytes(before - budget.bytesLeft);
      return undefined;
    }
    if (state === DONE) break;
    if (state === FULL) scan.grow(budget);
    progress(scan.at);
  }
  const { rows, cell, floats } = scan;
  return { rows, columns, values: scan.values.subarray(0, cell), integers: floats === 0 && rows > 0 };
}

const DONE = 0;
const FULL = 1;
const PAUSED = 2;
const GIVEN_UP = 3;

/** The loop over rows, with nothing in it that V8 would have to compile anew for each file. */
class MatrixScan {
  at: number;
  rows = 0;
  cell = 0;
  floats = 0;
  values: Float64Array;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  readonly #scanner: NumberScanner;
  /** Reads runs of rows; it knows of no most. */
  readonly #fast: NumberRows | undefined;
  /** 1 for columns in which it met fractions. */
  readonly #fractions: Uint8Array;
  readonly #delimiter: number;
  readonly #comment: number;
  readonly #blanks: Uint8Array;
  readonly #columns: number;
  readonly #maxRows: number;

  constructor(
    bytes: Uint8Array,
    start: number,
    end: number,
    { delimiter, comments, blanks }: Dialect,
    columns: number,
    maxRows: number,
    values: Float64Array,
  ) {
    this.#bytes = bytes;
    this.at = start;
    this.#end = end;
    this.#scanner = new NumberScanner(bytes, start, end);
    this.#fast = maxRows === Number.POSITIVE_INFINITY ? NumberRows.over(bytes.subarray(0, end)) : undefined;
    this.#fractions = new Uint8Array(columns);
    this.#delimiter = delimiter;
    this.#comment = comments === undefined ? -1 : comments[0]!;
    this.#blanks = blanks;
    this.#columns = columns;
    this.#maxRows = maxRows;
    this.values = values;
  }

  grow(budget: Budget): void {
    const { values } = this;
    // Whole rows, so that no run ends within one for want of room.
    const grown = (Math.ceil((values.length / this.#columns) * 1.5) + 1) * this.#columns;
    budget.takeBytes(grown * 8, `${grown} numbers`);
    const more = new Float64Array(grown);
    more.set(values);
    budget.releaseBytes(values.length * 8);
    this.values = more;
  }

  /** Reads whole rows up to the first that begins at `until` or behind. */
  run(until: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const blanks = this.#blanks;
    const comment = this.#comment;
    const columns = this.#columns;
    const values = this.values;
    const room = values.length - columns;
    let at = this.at;
    for (;;) {
      while (at < end && blanks[bytes[at]!] === 1) at++;
      if (at >= end) return DONE;
      if (at >= until) {
        this.at = at;
        return PAUSED;
      }
      const first = bytes[at]!;
      if (first === LF || first === CR) {
        at++;
        continue;
      }
      if (first === comment) {
        at = this.#behindComment(at);
        if (at < 0) return GIVEN_UP;
        continue;
      }
      if (this.rows === this.#maxRows) return DONE;
      if (this.cell > room) {
        this.at = at;
        return FULL;
      }
      const read = this.#run(at, values);
      if (read >= 0) {
        at = this.at;
        if (read === 0) continue;
        while (at < end && blanks[bytes[at]!] === 1) at++;
      }
      at = this.#row(at, values, Math.max(0, read));
      if (at < 0) return GIVEN_UP;
      while (at < end && blanks[bytes[at]!] === 1) at++;
      if (at < end && bytes[at] !== LF && bytes[at] !== CR && bytes[at] !== comment) return GIVEN_UP;
      this.rows++;
    }
  }

  /** Reads what it can of a run of rows, up to `this.at`: the cells of the last row that are read, −1 for nothing at all. */
  #run(at: number, values: Float64Array): number {
    const fast = this.#fast;
    if (fast === undefined) return -1;
    const between = this.#delimiter >= 0 ? this.#delimiter : BLANK;
    const count = fast.rows(at, 0, between, this.#fractions, values, this.cell);
    if (count === 0) return -1;
    this.cell += count;
    this.rows += fast.rowsEnded;
    if (this.floats === 0 && this.#fractions.includes(1)) this.floats = 1;
    this.at = fast.at;
    return fast.column;
  }

  /** The position behind the row's last cell, or −1. @param read cells of the row that come before `start` */
  #row(start: number, values: Float64Array, read: number): number {
    const bytes = this.#bytes;
    const end = this.#end;
    const blanks = this.#blanks;
    const delimiter = this.#delimiter;
    const scanner = this.#scanner;
    const last = this.cell - read + this.#columns - 1;
    let at = start;
    let floats = 0;
    for (let cell = this.cell; ; cell++) {
      scanner.at = at;
      const kind = scanner.scan(values, cell);
      if (kind === 0) {
        const length = scanWord(bytes, at, end, values, cell);
        if (length === 0) return -1;
        floats = 1;
        at += length;
      } else {
        if ((kind & (IS_ROUNDED | IS_WIDE)) !== 0) return -1;
        const value = values[cell]!;
        // Zero and infinity may stand for numbers that are too small or too large.
        if ((value === 0 || value - value !== 0) && !isKept(bytes, at, scanner.at, value)) return -1;
        floats |= kind & IS_FLOAT;
        at = scanner.at;
      }
      if (delimiter >= 0) {
        while (at < end && blanks[bytes[at]!] === 1) at++;
        if (cell === last) {
          // A delimiter at the end of a line is one more cell: an empty one.
          if (at < end && bytes[at] === delimiter) return -1;
          break;
        }
        if (at >= end || bytes[at] !== delimiter) return -1;
        at++;
      } else {
        if (cell === last) break;
        if (at >= end || blanks[bytes[at]!] !== 1) return -1;
        at++;
      }
      while (at < end && blanks[bytes[at]!] === 1) at++;
    }
    this.cell = last + 1;
    if (floats !== 0) this.floats = 1;
    return at;
  }

  /** Only comments of one ASCII byte are taken here, and plain ones: −1 for others. */
  #behindComment(start: number): number {
    const bytes = this.#bytes;
    let at = start;
    for (; at < this.#end && bytes[at] !== LF && bytes[at] !== CR; at++) if (bytes[at]! > 0x7f) return -1;
    return at;
  }
}

/** Where the line that `at` stands in ends: at its LF or CR. */
export function lineEnd(bytes: Uint8Array, at: number, end: number): number {
  let to = at;
  while (to < end && bytes[to] !== LF && bytes[to] !== CR) to++;
  return to;
}

/** Cells of a line of numbers; what is in them is not looked at. */
function countCells(
  bytes: Uint8Array,
  from: number,
  end: number,
  { delimiter, comments, blanks }: Dialect,
): number {
  let count = 0;
  let inside = false;
  for (let at = from; at < end; at++) {
    const byte = bytes[at]!;
    if (comments !== undefined && byte === comments[0]) break;
    if (delimiter >= 0) count += byte === delimiter ? 1 : 0;
    else if (blanks[byte] === 1) inside = false;
    else if (!inside) {
      inside = true;
      count++;
    }
  }
  return delimiter >= 0 ? count + 1 : count;
}

/** Whether a number is neither too large for a double nor too small: `1e5000`, `1e-5000` are not. */
export function isKept(bytes: Uint8Array, start: number, end: number, value: number): boolean {
  if (value !== 0) return value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte > ZERO && byte <= ZERO + 9) return false;
    if ((byte | 0x20) === LOWER_E) break;
  }
  return true;
}

/** The start of the first line that is neither blank nor a comment; −1 where there is none, or a comment of more bytes. */
function firstRowAt(bytes: Uint8Array, start: number, end: number, { blanks, comments }: Dialect): number {
  if (comments !== undefined && comments.length > 1) return -1;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (comments !== undefined && byte === comments[0]) {
      const line = lineEnd(bytes, at, end);
      for (; at < line; at++) if (bytes[at]! > 0x7f) return -1;
    } else if (blanks[byte] !== 1 && byte !== LF && byte !== CR) return at;
  }
  return -1;
}

holdShape(new MatrixScan(new Uint8Array(0), 0, 0, dialectOf({}), 1, 0, new Float64Array(0)));
