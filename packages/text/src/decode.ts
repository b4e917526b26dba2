import { type Budget, type Context, type DType, int64OfIntegers, NDArray, type Value } from '@formatlab/core';
import { CellReader, NO_NUMBER } from './numbers/cell-reader.js';
import { readCells } from './numbers/read-cells.js';
import { CR, LF, lineEnd, readMatrix } from './numbers/read-matrix.js';
import { RowSplitter } from './numbers/row-splitter.js';
import { type Dialect, dialectOf, type TextOptions, wantedColumns } from './options.js';
import { toUtf8 } from './text/encoding.js';
import { readLines } from './text/lines.js';

/** What decoding needs of its context. */
export type DecodeContext = Pick<Context<TextOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * The numbers of a text as an array: one dimension where there is one column, else two. Under `lines`, and where the
 * first row is not numbers, its lines as an array of strings.
 *
 * @throws FormatError `corrupt` with line and byte, `limit`, `options`
 */
export function decode(bytes: Uint8Array, context: DecodeContext): Value {
  const { options, budget } = context;
  const dialect = dialectOf(options);
  const usecols = wantedColumns(options);
  const text = toUtf8(bytes, options.encoding, budget);
  const [start, end] = bounds(text.bytes, options);
  const locate = (at: number): number => text.offsetInFile(at);
  if (isLines(text.bytes, start, end, dialect, options)) {
    const locatePart = (at: number): number => locate(at + start);
    const stop = options.maxRows === undefined ? end : behindLines(text.bytes, start, end, options.maxRows);
    return readLines(text.bytes.subarray(start, stop), locatePart, budget);
  }
  const maxRows = options.maxRows ?? Number.POSITIVE_INFINITY;
  const dtype = options.dtype ?? 'auto';
  if (usecols === undefined && (dtype === 'auto' || dtype === 'float64')) {
    const progress = (at: number): void => context.progress(at, text.bytes.length);
    const matrix = readMatrix(text.bytes, start, end, dialect, maxRows, budget, progress);
    if (matrix !== undefined) {
      const { rows, columns, values, integers } = matrix;
      budget.takeItems(rows * columns, 'the numbers of a text');
      const shape = shapeOf(rows, columns, options);
      if (!integers || dtype === 'float64') return new NDArray({ dtype: 'float64', shape, data: values });
      budget.takeBytes(values.length * 8, `${values.length} integers`);
      return new NDArray({ dtype: 'int64', shape, data: int64OfIntegers(values) });
    }
  }
  const make = (): RowSplitter => new RowSplitter(text.bytes, start, end, dialect, locate);
  const cells = readCells(make, { dtype, maxRows, usecols, missing: options.missing ?? 'refuse' }, budget);
  if (cells.rounded > 0)
    context.loss({
      path: '',
      kind: 'precision',
      from: 'numbers of more digits',
      to: cells.dtype,
      count: cells.rounded,
    });
  // The pair of dtype and data comes from one place, where they fit.
  return new NDArray<DType>({
    dtype: cells.dtype,
    shape: shapeOf(cells.rows, cells.columns, options),
    data: cells.data,
  });
}

/** Whether the text that a file starts with is read as lines. */
export function startsAsLines(bytes: Uint8Array, options: TextOptions, budget: Budget): boolean {
  const text = toUtf8(bytes, options.encoding, budget);
  const [start, end] = bounds(text.bytes, options);
  return isLines(text.bytes, start, end, dialectOf(options), options);
}

/** Whoever asks for columns or a type of number means numbers. */
function isLines(
  bytes: Uint8Array,
  start: number,
  end: number,
  dialect: Dialect,
  { as = 'auto', usecols, dtype = 'auto' }: TextOptions,
): boolean {
  if (as !== 'auto') return as === 'lines';
  if (usecols !== undefined || dtype !== 'auto') return false;
  return !startsWithNumbers(bytes, start, end, dialect);
}

/** Whether a text is taken for numbers: its first row is, or there is none. */
export function startsWithNumbers(bytes: Uint8Array, start: number, end: number, dialect: Dialect): boolean {
  const line = firstRow(bytes, start, end, dialect);
  if (line < 0) return true;
  const splitter = new RowSplitter(bytes, line, lineEnd(bytes, line, end), dialect, (at) => at);
  if (!splitter.next()) return true;
  const { starts, ends } = splitter;
  const cells = new CellReader(bytes);
  let numbers = 0;
  for (const [column, from] of starts.entries()) {
    const stop = ends[column]!;
    if (from === stop) continue;
    if (cells.kindOf(from, stop) === NO_NUMBER) return false;
    numbers++;
  }
  return numbers > 0;
}

/** The start of the first line that is neither blank nor a comment; −1 where there is none. */
function firstRow(bytes: Uint8Array, start: number, end: number, { blanks, comments }: Dialect): number {
  for (let at = start; at < end; ) {
    const line = at;
    while (at < end && blanks[bytes[at]!] === 1) at++;
    if (at >= end) return -1;
    const comment = comments?.every((byte, i) => bytes[at + i] === byte) ?? false;
    if (!comment && bytes[at] !== LF && bytes[at] !== CR) return line;
    at = lineEnd(bytes, at, end) + 1;
  }
  return -1;
}

/** One column is one dimension, several are two; `squeeze` takes out every dimension of one, as loadtxt does. */
function shapeOf(rows: number, columns: number, { squeeze }: TextOptions): readonly number[] {
  if (rows === 0) return [0];
  if (squeeze === true) return [rows, columns].filter((length) => length !== 1);
  return columns === 1 ? [rows] : [rows, columns];
}

/** The part of the text that the options leave. */
function bounds(bytes: Uint8Array, { skipRows = 0, skipFooter = 0 }: TextOptions): [number, number] {
  const start = behindLines(bytes, 0, bytes.length, skipRows);
  let end = bytes.length;
  for (let skipped = 0; skipped < skipFooter && end > start; skipped++) {
    if (bytes[end - 1] === LF) end--;
    if (bytes[end - 1] === CR) end--;
    while (end > start && bytes[end - 1] !== LF && bytes[end - 1] !== CR) end--;
  }
  return [start, Math.max(start, end)];
}

function behindLines(bytes: Uint8Array, start: number, end: number, count: number): number {
  let at = start;
  for (let line = 0; line < count && at < end; line++) {
    const stop = lineEnd(bytes, at, end);
    at = Math.min(end, bytes[stop] === CR && bytes[stop + 1] === LF ? stop + 2 : stop + 1);
  }
  return at;
}
