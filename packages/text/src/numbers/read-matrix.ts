import { type Budget, IS_FLOAT, IS_ROUNDED, IS_WIDE, NumberRows, NumberScanner } from '@formatlab/core';
import type { Dialect } from '../options.js';
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
const PROGRESS_EVERY = 2 ** 22;

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
  const { delimiter, comments, blanks } = dialect;
  const comment = comments === undefined ? -1 : comments[0]!;
  const scanner = new NumberScanner(bytes, start, end);
  // It knows of no limit.
  const fast = maxRows === Number.POSITIVE_INFINITY ? NumberRows.over(bytes.subarray(0, end)) : undefined;
  let values = new Float64Array(0);
  let fractions = new Uint8Array(0);
  let columns = 0;
  let rows = 0;
  let cell = 0;
  let floats = 0;
  let nextProgress = start + PROGRESS_EVERY;
  let at = start;
  const before = budget.bytesLeft;
  const giveUp = (): undefined => {
    budget.releaseBytes(before - budget.bytesLeft);
    return undefined;
  };
  for (;;) {
    while (at < end && blanks[bytes[at]!] === 1) at++;
    if (at >= end) break;
    const first = bytes[at]!;
    if (first === LF || first === CR) {
      at++;
      continue;
    }
    if (first === comment) {
      // Only comments of one ASCII byte are taken here, and plain ones.
      if (comments!.length > 1) return giveUp();
      for (; at < end && bytes[at] !== LF && bytes[at] !== CR; at++) if (bytes[at]! > 0x7f) return giveUp();
      continue;
    }
    if (rows === maxRows) break;
    if (rows === 0) {
      const line = lineEnd(bytes, at, end);
      columns = countCells(bytes, at, line, dialect);
      const capacity = Math.ceil(((end - at) / (line + 1 - at)) * SPARE + 2) * columns;
      budget.takeBytes(capacity * 8, `${capacity} numbers`);
      values = new Float64Array(capacity);
      fractions = new Uint8Array(columns);
    }
    if (cell + columns > values.length) {
      const grown = Math.ceil(values.length * 1.5) + columns;
      budget.takeBytes(grown * 8, `${grown} numbers`);
      const more = new Float64Array(grown);
      more.set(values);
      budget.releaseBytes(values.length * 8);
      values = more;
    }
    let read = 0;
    if (fast !== undefined) {
      const count = fast.rows(at, 0, delimiter >= 0 ? delimiter : BLANK, fractions, values, cell);
      if (count > 0) {
        cell += count;
        rows += fast.rowsEnded;
        at = fast.at;
        read = fast.column;
        if (at >= nextProgress) {
          nextProgress = at + PROGRESS_EVERY;
          progress(at);
        }
        if (read === 0) continue;
        while (at < end && blanks[bytes[at]!] === 1) at++;
      }
    }
    for (let column = read + 1; ; column++, cell++) {
      scanner.at = at;
      const kind = scanner.scan(values, cell);
      if (kind === 0) {
        const length = scanWord(bytes, at, end, values, cell);
        if (length === 0) return giveUp();
        floats = 1;
        at += length;
      } else {
        if ((kind & (IS_ROUNDED | IS_WIDE)) !== 0) return giveUp();
        const value = values[cell]!;
        // Zero and infinity may stand for numbers that are too small or too large.
        if ((value === 0 || value - value !== 0) && !isKept(bytes, at, scanner.at, value)) return giveUp();
        floats |= kind & IS_FLOAT;
        at = scanner.at;
      }
      // A single space before the next number is what most files have.
      const behind = at < end ? bytes[at]! : LF;
      if (delimiter >= 0) {
        if (behind === delimiter) at++;
        else if (blanks[behind] === 1) {
          while (at < end && blanks[bytes[at]!] === 1) at++;
          if (at < end && bytes[at] === delimiter) at++;
          else if (column < columns) return giveUp();
        } else if (column < columns) return giveUp();
        if (column === columns) break;
        while (at < end && blanks[bytes[at]!] === 1) at++;
        continue;
      }
      if (column === columns) break;
      if (blanks[behind] !== 1) return giveUp();
      at++;
      while (at < end && blanks[bytes[at]!] === 1) at++;
    }
    cell++;
    rows++;
    while (at < end && blanks[bytes[at]!] === 1) at++;
    if (at < end && bytes[at] !== LF && bytes[at] !== CR && bytes[at] !== comment) return giveUp();
    if (at >= nextProgress) {
      nextProgress = at + PROGRESS_EVERY;
      progress(at);
    }
  }
  return {
    rows,
    columns,
    values: values.subarray(0, cell),
    integers: floats === 0 && !fractions.includes(1) && rows > 0,
  };
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
