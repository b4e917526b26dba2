import { type Budget, IS_FLOAT, IS_LOOSE, IS_ROUNDED, IS_WIDE, NumberScanner } from '@formatlab/core';
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
  // A small integer for certain: kept as a double it would slow every loop of the scanner.
  let at = data.at | 0;
  const scanner = new NumberScanner(bytes, at);
  let cell = 0;
  let rows = 0;
  while (at < size) {
    if (cell + columns > capacity) {
      const grown = Math.ceil(capacity * 1.5) + columns;
      budget.takeBytes(grown * 8, `${grown} numbers`);
      const more = new Float64Array(grown);
      more.set(values);
      budget.releaseBytes(capacity * 8);
      values = more;
      capacity = grown;
    }
    const byte = bytes[at];
    if (byte === LF || byte === CR) {
      // A blank line is a null where there is one column, and nothing else.
      if (columns === 1) return undefined;
      at++;
      continue;
    }
    for (let column = 0; column < columns; column++, cell++) {
      scanner.at = at;
      const kind = scanner.scan(values, cell);
      if (kind === 0) {
        const end = cellEnd(bytes, at, delimiter);
        word[0] = 0;
        if (wordKind(bytes, at, end, word) === 0) return undefined;
        values[cell] = word[0];
        floats[column] = 1;
        at = end;
      } else {
        const value = values[cell]!;
        if ((kind & UNSURE) !== 0) return undefined;
        if ((kind & IS_FLOAT) !== 0) floats[column] = 1;
        // Zero and infinity may stand for numbers that are too small or too large.
        if ((value === 0 || value - value !== 0) && !isKept(bytes, at, scanner.at, value)) return undefined;
        at = scanner.at;
      }
      if (column < columns - 1) {
        if (bytes[at] !== delimiter) return undefined;
        at++;
      }
    }
    if (at < size) {
      const end = bytes[at];
      if (end !== LF && end !== CR) return undefined;
      at += end === CR && bytes[at + 1] === LF ? 2 : 1;
    }
    rows++;
  }
  return { rows, columns, values: values.subarray(0, cell), integers: floats.map((float) => 1 - float) };
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
