import { type Context, FormatError, Table, type Value } from '@formatlab/core';
import Papa from 'papaparse';
import { Cells } from '../cells/cells.js';
import { decodeColumns } from '../decode-columns.js';
import { detectDialect } from '../dialect/detect-delimiter.js';
import { toUtf8 } from '../dialect/encoding.js';
import { type Grid, newGrid } from '../grid/grid.js';
import { planColumns } from '../layout/column-plan.js';
import { readBeginning } from '../layout/layout.js';
import { rootOfColumns } from '../layout/root.js';
import type { CsvOptions } from '../options.js';

/**
 * The table in a CSV file, its cells split by Papa Parse. It does not tell quoted cells from others: quoted
 * numbers are read as numbers, and quoted empty cells as nulls; both are reported.
 *
 * @throws FormatError `corrupt` for unterminated quotes and rows of differing length
 */
export function decode(bytes: Uint8Array, context: Context<CsvOptions>): Value {
  const { options, budget, loss } = context;
  const text = toUtf8(bytes, options.encoding, budget);
  const dialect = detectDialect(text.bytes, true, options);
  budget.takeBytes(text.bytes.length * 4, `the cells of ${text.bytes.length} bytes`);
  const source = decodeText(text.bytes);
  if (dialect.quote >= 0 && text.bytes.includes(dialect.quote))
    loss({ path: '', kind: 'type', from: 'quoted cells', to: 'cells like the others' });
  const { data, errors } = Papa.parse<string[]>(source, {
    delimiter: String.fromCharCode(dialect.delimiter),
    // Papa Parse has no way to switch quoting off: a character that no text holds does.
    quoteChar: dialect.quote < 0 ? '\u0000' : String.fromCharCode(dialect.quote),
    comments: options.comments === undefined || options.comments === '' ? false : options.comments,
    skipEmptyLines: false,
  });
  if (errors.length > 0)
    throw new FormatError('corrupt', `read row ${(errors[0]!.row ?? 0) + 1}: ${errors[0]!.message}`, {
      format: 'csv',
      offset: 0,
    });
  const rows = trimmed(data);
  const first = rows[0];
  if (first === undefined) return new Table(0, []);
  const cells = gather(rows, first.length, dialect.fillRagged);
  const reader = new Cells(cells.bytes, { ...dialect, quote: -1 });
  const below = part(cells.grid, 1, rows.length);
  const layout = readBeginning(part(cells.grid, 0, 1), below.rows === 0 ? undefined : below, reader, options);
  const plans = planColumns(layout.header, layout.columns, options, loss);
  const grid = layout.header === undefined ? cells.grid : below;
  const decoded = decodeColumns(
    () => (grid.rows === 0 ? [] : [grid]),
    plans,
    layout.sample,
    grid.rows,
    reader,
    budget,
  );
  return rootOfColumns(decoded.columns, decoded.rows, layout.header !== undefined);
}

/** Blank lines are no rows, unless there is one column only, where each but the last is an empty cell. */
function trimmed(data: readonly string[][]): readonly string[][] {
  const width = data.find((row) => row.length > 1 || row[0] !== '')?.length ?? 0;
  if (width > 1) return data.filter((row) => row.length > 1 || row[0] !== '');
  return data.at(-1)?.length === 1 && data.at(-1)![0] === '' ? data.slice(0, -1) : data;
}

const LINE_END = Buffer.from('\n');

/** All cells as one run of UTF-8 and their places in it. */
function gather(
  rows: readonly string[][],
  columns: number,
  fill: boolean,
): { bytes: Uint8Array; grid: Grid } {
  const pieces: Buffer[] = [];
  const starts = new Int32Array(rows.length * columns);
  const ends = new Int32Array(rows.length * columns);
  let at = 0;
  rows.forEach((row, r) => {
    if (row.length !== columns && !(fill && row.length < columns)) {
      throw new FormatError(
        'corrupt',
        `read row ${r + 1}: has ${row.length} cells where the first row has ${columns}`,
        { format: 'csv', offset: at, found: `${row.length} cells` },
      );
    }
    for (let c = 0; c < columns; c++) {
      starts[r * columns + c] = at;
      const bytes = Buffer.from(row[c] ?? '', 'utf8');
      pieces.push(bytes);
      at += bytes.length;
      ends[r * columns + c] = at;
      // Numbers are read up to a byte that ends them.
      pieces.push(LINE_END);
      at++;
    }
  });
  const bytes = new Uint8Array(Buffer.concat(pieces, at));
  return { bytes, grid: { ...newGrid(bytes, columns, 0), starts, ends, rows: rows.length } };
}

function part(grid: Grid, from: number, to: number): Grid {
  const { columns } = grid;
  return {
    ...grid,
    rows: Math.max(0, to - from),
    record: from,
    starts: grid.starts.subarray(from * columns, to * columns),
    ends: grid.ends.subarray(from * columns, to * columns),
    text: undefined,
  };
}

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('corrupt', 'read text in utf-8: holds bytes that are no characters', {
      format: 'csv',
      offset: 0,
      cause,
    });
  }
}
