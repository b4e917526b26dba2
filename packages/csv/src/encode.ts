import {
  type Context,
  FormatError,
  isNDArray,
  isTable,
  joinBytes,
  kindOfValue,
  type NDArray,
  ndarray,
  scalarType,
  Table,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { type Dialect, delimiterToWrite, dialectOf } from './dialect/dialect.js';
import { fromUtf8 } from './dialect/encoding.js';
import { holdWriters } from './hold-shapes.js';
import type { CsvOptions } from './options.js';
import { type CellWriter, columnWriter, elementWriter, type Pen } from './write/cell-writers.js';
import { Chunks } from './write/chunks.js';
import { reportElementLosses, reportTableLosses, type TableLosses } from './write/losses.js';
import { TextWriter } from './write/write-text.js';
import { putAscii } from './write/write-time.js';

/** What encoding needs of its context. */
export type EncodeContext = Pick<Context<CsvOptions>, 'options' | 'loss' | 'name'>;

/**
 * CSV of a table, with its column names in the first row, or of an array of at most two dimensions, without.
 * Whatever reading would not infer back is reported as a loss.
 *
 * @throws FormatError `unsupported`, `options`, `lossy` under strict
 */
export function encode(value: Value, context: EncodeContext): Uint8Array | Uint8Array[] {
  const { options } = context;
  const dialect = dialectOf(options, delimiterToWrite(options, context.name));
  const pieces = encodeRows(value, dialect, context, options.header ?? 'auto');
  return inEncoding(pieces, options, true);
}

/**
 * The rows of a value in a dialect that is settled, as UTF-8.
 *
 * @param header `append` for rows that are appended
 * @param losses where those of a table are gathered instead of being told
 */
export function encodeRows(
  value: Value,
  dialect: Dialect,
  context: EncodeContext,
  header: 'auto' | 'yes' | 'no' | 'append',
  losses?: TableLosses,
): Uint8Array[] {
  const chunks = new Chunks();
  const pen: Pen = { chunks, text: new TextWriter(chunks, dialect), decimalComma: dialect.decimalComma };
  const newline = context.options.newline === 'crlf' ? '\r\n' : '\n';
  const sheet: Sheet = { dialect, pen, context, newline, losses };
  if (isTable(value)) writeTable(value, sheet, header);
  else if (isNDArray(value)) writeArray(value, sheet, header);
  else
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as csv: a file holds a table or an array`,
      { format: 'csv', feature: 'root' },
    );
  return chunks.finish();
}

/** UTF-8 pieces in the encoding of the options. @param mark whether UTF-16 begins with a byte order mark */
export function inEncoding(
  pieces: Uint8Array[],
  options: CsvOptions,
  mark: boolean,
): Uint8Array | Uint8Array[] {
  if ((options.encoding ?? 'utf-8') === 'utf-8') return pieces;
  return fromUtf8(joinBytes(pieces), options.encoding, mark);
}

interface Sheet {
  readonly dialect: Dialect;
  readonly pen: Pen;
  readonly context: EncodeContext;
  readonly newline: string;
  readonly losses: TableLosses | undefined;
}

function writeTable(table: Table, sheet: Sheet, header: 'auto' | 'yes' | 'no' | 'append'): void {
  const { context, pen } = sheet;
  if (sheet.losses === undefined) reportTableLosses(table, context.loss);
  else sheet.losses.add(table);
  if (header === 'no' && table.columns.length > 0) {
    context.loss({
      path: '',
      kind: 'name',
      from: 'column names',
      to: 'nothing',
      count: table.columns.length,
    });
  } else if (header !== 'append')
    writeNames(
      table.columns.map((column) => column.name),
      sheet,
    );
  const writers = table.columns.map((column) => columnWriter(column, pen, column.name));
  writeRows(
    table.rows,
    writers,
    table.columns.map((column) => column.valid),
    sheet,
  );
}

function writeArray(array: NDArray, sheet: Sheet, header: 'auto' | 'yes' | 'no' | 'append'): void {
  const { loss } = sheet.context;
  const flat = toCOrder(array);
  const rows = flat.shape.length === 0 ? 1 : flat.shape[0]!;
  const columns = flat.shape[1] ?? 1;
  if (flat.dtype === 'string') {
    loss({ path: '', kind: 'type', from: 'string array', to: 'table of string columns' });
    writeTable(tableOfStrings(flat, rows, columns), sheet, header);
    return;
  }
  if (flat.size === 0) loss({ path: '', kind: 'shape', from: `[${flat.shape}]`, to: 'nothing' });
  else if (flat.shape.length === 0 || (flat.shape.length === 2 && columns === 1)) {
    loss({ path: '', kind: 'shape', from: `[${flat.shape}]`, to: `[${rows}]` });
  }
  reportElementLosses(flat, false, '', loss);
  if (header === 'yes' && flat.size > 0) {
    loss({ path: '', kind: 'type', from: 'array', to: 'table' });
    writeNames(
      Array.from({ length: columns }, (_, i) => `column${i}`),
      sheet,
    );
  }
  if (flat.size > 0) writeElements(flat, rows, columns, sheet);
}

function writeElements(flat: NDArray, rows: number, columns: number, { pen, dialect, newline }: Sheet): void {
  const { chunks } = pen;
  const write = elementWriter(flat, false, pen, '');
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      if (column > 0) {
        chunks.ensure(1);
        chunks.out[chunks.at++] = dialect.delimiter;
      }
      write(index);
    }
    chunks.ensure(2);
    putAscii(chunks, newline);
  }
}

function writeRows(
  rows: number,
  writers: readonly CellWriter[],
  valid: readonly (Uint8Array | undefined)[],
  sheet: Sheet,
): void {
  const { chunks } = sheet.pen;
  const { delimiter } = sheet.dialect;
  const nullText = sheet.dialect.nulls[0] ?? new Uint8Array(0);
  if (writers.length === 0) return;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < writers.length; column++) {
      if (column > 0) {
        chunks.ensure(1);
        chunks.out[chunks.at++] = delimiter;
      }
      if (valid[column]?.[row] === 0) chunks.put(nullText);
      else writers[column]!(row);
    }
    chunks.ensure(2);
    putAscii(chunks, sheet.newline);
  }
}

function writeNames(names: readonly string[], { pen, dialect, newline }: Sheet): void {
  if (names.length === 0) return;
  names.forEach((name, i) => {
    if (i > 0) {
      pen.chunks.ensure(1);
      pen.chunks.out[pen.chunks.at++] = dialect.delimiter;
    }
    pen.text.write(name);
  });
  pen.chunks.ensure(2);
  putAscii(pen.chunks, newline);
}

function tableOfStrings(flat: NDArray, rows: number, columns: number): Table {
  const data = flat.data as readonly string[];
  return new Table(
    rows,
    Array.from({ length: columns }, (_, column) => ({
      name: `column${column}`,
      type: scalarType('string'),
      values: ndarray(
        Array.from({ length: rows }, (_, row) => data[row * columns + column]!),
        [rows],
        'string',
      ),
    })),
  );
}

holdWriters();
