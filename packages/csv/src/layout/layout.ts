import type { Cells } from '../cells/cells.js';
import { inferType, NULL, type Seen, TEXT } from '../cells/kinds.js';
import type { Dialect } from '../dialect/dialect.js';
import type { Grid } from '../grid/grid.js';
import type { Position, Splitter } from '../grid/splitter.js';
import type { CsvOptions } from '../options.js';

/** What the beginning of a file says about the whole. */
export interface Layout {
  readonly dialect: Dialect;
  readonly columns: number;
  /** The cells of the header; undefined for a file without one. */
  readonly header: readonly string[] | undefined;
  /** Where the first row of data begins. */
  readonly data: Position;
  /** What the first rows of each column hold. */
  readonly sample: readonly Seen[];
  readonly sampleRows: number;
  /** Bytes that the rows of the sample take. */
  readonly sampleBytes: number;
}

/**
 * Reads the first rows. Undefined when there is no record, or none that is complete.
 *
 * @param splitter at the beginning of the file; it is left somewhere behind it
 * @param width cells of a row; 0 for as many as the first row has
 */
export function readLayout(
  splitter: Splitter,
  dialect: Dialect,
  cells: Cells,
  options: CsvOptions,
  width: number,
): Layout | undefined {
  const columns = Math.max(splitter.nextWidth(), width);
  if (columns === 0) return undefined;
  const start = { at: splitter.at, record: splitter.record };
  const first = splitter.next(columns, 1);
  if (first === undefined) return undefined;
  const behindFirst = { at: splitter.at, record: splitter.record };
  const beginning = readBeginning(first, splitter.next(columns), cells, options);
  const data = beginning.header === undefined ? start : behindFirst;
  return { ...beginning, dialect, data, sampleBytes: splitter.at - data.at };
}

/** What the first row and those below it say, wherever they come from. */
export function readBeginning(
  first: Grid,
  below: Grid | undefined,
  cells: Cells,
  options: CsvOptions,
): Pick<Layout, 'columns' | 'header' | 'sample' | 'sampleRows'> {
  const { columns } = first;
  const sample = Array.from({ length: columns }, (): Seen => ({ kinds: 0, secondDigits: 0 }));
  if (below !== undefined) sample.forEach((seen, column) => cells.classifyColumn(below, column, seen));
  const rows = below?.rows ?? 0;
  if (isHeader(first, cells, sample, options)) {
    const header = sample.map((_, column) => cells.text.of(first, column));
    return { columns, header, sample, sampleRows: rows };
  }
  sample.forEach((seen, column) => cells.classify(first, column, seen));
  return { columns, header: undefined, sample, sampleRows: rows + 1 };
}

/**
 * Whether the first row holds names: all of its cells are text, and below one of them there is something else,
 * or they are all distinct and none is empty.
 */
function isHeader(
  first: Grid,
  cells: Cells,
  below: readonly Seen[],
  { header = 'auto' }: CsvOptions,
): boolean {
  if (header !== 'auto') return header === 'yes';
  const names = new Set<string>();
  let complete = true;
  let evidence = false;
  for (let column = 0; column < first.columns; column++) {
    const seen: Seen = { kinds: 0, secondDigits: 0 };
    cells.classify(first, column, seen);
    if (seen.kinds === NULL) complete = false;
    else if (seen.kinds !== TEXT) return false;
    else {
      names.add(cells.text.of(first, column));
      evidence ||= inferType(below[column]!).dtype !== 'string';
    }
  }
  return evidence || (complete && names.size === first.columns);
}
