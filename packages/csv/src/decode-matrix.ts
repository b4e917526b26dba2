import {
  type Budget,
  IS_FLOAT,
  IS_LOOSE,
  IS_ROUNDED,
  IS_WIDE,
  NumberRows,
  NumberScanner,
} from '@formatlab/core';
import { FLOAT, INT } from './cells/kinds.js';
import { isKept, wordKind } from './cells/number-cells.js';
import { CR, LF } from './dialect/dialect.js';
import type { Layout } from './layout/layout.js';

/** The numbers of a file, row by row. */
export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float64Array;
  /** 1 for columns of integers, which doubles hold exactly. */
  readonly integers: Uint8Array;
}

/** Kinds of number whose double is not certain to be the number. */
const UNSURE = IS_LOOSE | IS_ROUNDED | IS_WIDE;

/**
 * Reads rows of nothing but numbers from bytes straight into one Float64Array: the fast way for arrays and
 * for tables of numbers. Undefined when a cell is anything else, or a number that a double does not hold; the
 * cells are then read one by one.
 */
export function decodeMatrix(bytes: Uint8Array, layout: Layout, budget: Budget): Matrix | undefined {
  const before = budget.bytesLeft;
  const matrix = readMatrix(bytes, layout, budget);
  if (matrix === undefined) budget.releaseBytes(before - budget.bytesLeft);
  return matrix;
}

function readMatrix(bytes: Uint8Array, layout: Layout, budget: Budget): Matrix | undefined {
  const { columns, data } = layout;
  const { delimiter } = layout.dialect;
  const size = bytes.length;
  let capacity = Math.ceil(expectedRows(layout, size) * 1.02 + 2) * columns;
  budget.takeBytes(capacity * 8, `${capacity} numbers`);
  let values = new Float64Array(capacity);
  const floats = new Uint8Array(columns);
  const fast = NumberRows.over(bytes);
  // A small integer for certain: kept as a double it would slow every loop of the scanner.
  let at = data.at | 0;
  const scanner = new NumberScanner(bytes, at);
  let count = 0;
  let column = 0;
  while (at < size || column > 0) {
    if (count === capacity) {
      const grown = Math.ceil(capacity * 1.5) + columns;
      budget.takeBytes(grown * 8, `${grown} numbers`);
      const more = new Float64Array(grown);
      more.set(values);
      budget.releaseBytes(capacity * 8);
      values = more;
      capacity = grown;
    }
    if (fast !== undefined) {
      count += fast.rows(at, column, delimiter, floats, values, count);
      at = fast.at;
      column = fast.column;
      if (at >= size && column === 0) break;
    }
    const byte = bytes[at];
    if (column === 0 && (byte === LF || byte === CR)) {
      // A blank line is a null where there is one column, and nothing else.
      if (columns === 1) return undefined;
      at++;
      continue;
    }
    scanner.at = at;
    const kind = readNumber(scanner, delimiter, values, count);
    if (kind === 0) return undefined;
    if (kind === FLOAT) floats[column] = 1;
    at = scanner.at;
    count++;
    column++;
    if (column < columns) {
      if (bytes[at] !== delimiter) return undefined;
      at++;
    } else {
      if (at < size && bytes[at] !== LF && bytes[at] !== CR) return undefined;
      at += bytes[at] === CR && bytes[at + 1] === LF ? 2 : 1;
      column = 0;
    }
  }
  return {
    rows: count / columns,
    columns,
    values: values.subarray(0, count),
    integers: floats.map((float) => 1 - float),
  };
}
/** {@link INT} or {@link FLOAT} for the cell at `scanner.at`, whose number goes into `values[index]`; 0 for any other cell. */
function readNumber(scanner: NumberScanner, delimiter: number, values: Float64Array, index: number): number {
  const { bytes, at } = scanner;
  const kind = scanner.scan(values, index);
  if (kind === 0) {
    const end = cellEnd(bytes, at, delimiter);
    if (wordKind(bytes, at, end, word) === 0) return 0;
    values[index] = word[0]!;
    scanner.at = end;
    return FLOAT;
  }
  if ((kind & UNSURE) !== 0) return 0;
  const value = values[index]!;
  // Zero and infinity may stand for numbers that are too small or too large.
  if ((value === 0 || value - value !== 0) && !isKept(bytes, at, scanner.at, value)) return 0;
  return (kind & IS_FLOAT) !== 0 ? FLOAT : INT;
}

const word = new Float64Array(1);

/** How many rows a file of `size` bytes has, judging by its first ones. */
export function expectedRows({ data, sampleRows, sampleBytes }: Layout, size: number): number {
  return Math.max(sampleRows, Math.ceil(((size - data.at) / Math.max(1, sampleBytes)) * sampleRows));
}

function cellEnd(bytes: Uint8Array, from: number, delimiter: number): number {
  let at = from;
  while (at < bytes.length && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) at++;
  return at;
}
