import {
  type Bytes,
  type Column,
  type Context,
  cellsOf,
  FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  type Value,
} from '@formatlab/core';
import Papa from 'papaparse';
import { delimiterToWrite } from '../dialect/dialect.js';
import { fromUtf8 } from '../dialect/encoding.js';
import type { CsvOptions } from '../options.js';
import { reportTableLosses } from '../write/losses.js';

/** Without quotes these are values, not names. */
const VALUE_WORDS = /^(?:true|false|nan|inf|infinity|nat)$/i;

/** A table, its cells joined by Papa Parse. Text is quoted, but Papa Parse's reading does not tell that it was. */
export function encode(value: Value, context: Context<CsvOptions>): Bytes {
  if (!isTable(value))
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as csv with Papa Parse: a file holds a table`,
      { format: 'csv', feature: 'root' },
    );
  const { options, loss } = context;
  reportTableLosses(value, loss);
  const text = value.columns.map((column) => column.type.kind === 'scalar' && column.type.dtype === 'string');
  if (text.includes(true))
    loss({
      path: '',
      kind: 'type',
      from: 'text columns',
      to: 'columns whose type is inferred from their cells',
    });
  const cells = value.columns.map(cellText);
  const data = Array.from({ length: value.rows }, (_, row) => cells.map((cell) => cell(row)));
  const fields = value.columns.map((column) => column.name);
  const odd = fields.filter((name) => !/^[\p{L}_]/u.test(name) || VALUE_WORDS.test(name));
  if (odd.length > 0)
    loss({
      path: '',
      kind: 'name',
      from: `a column named '${odd[0]}'`,
      to: 'a cell that is no name',
      count: odd.length,
    });
  const csv = Papa.unparse(
    { fields, data },
    {
      delimiter: String.fromCharCode(delimiterToWrite(options, context.name)),
      newline: options.newline === 'crlf' ? '\r\n' : '\n',
      header: options.header !== 'no',
      quotes: (cell: unknown, column: number) => cell !== null && text[column] === true,
    },
  );
  // Papa Parse ends the last row only where there are no rows.
  const body =
    fields.length === 0
      ? ''
      : `${value.rows === 0 ? csv.trimEnd() : csv}${options.newline === 'crlf' ? '\r\n' : '\n'}`;
  return fromUtf8(new TextEncoder().encode(body), options.encoding);
}

function cellText(column: Column): (row: number) => string | null {
  const cell = cellsOf(column);
  if (!isNDArray(column.values))
    throw new FormatError(
      'unsupported',
      `write ${column.type.kind} column '${column.name}' with Papa Parse: cells are scalars`,
      { format: 'csv', path: `/${column.name}` },
    );
  const float = column.values.dtype === 'float64';
  return (row) => {
    const value = cell(row);
    if (value === null) return null;
    return float ? floatText(value as number) : String(value);
  };
}

/** Whole numbers keep a point, so that the column stays one of floats. */
function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  const text = String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}
