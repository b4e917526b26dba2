import {
  type Bytes,
  type Context,
  FormatError,
  isTable,
  kindOfValue,
  type Table,
  type Value,
} from '@formatlab/core';
import { type NdjsonOptions, rulesOf } from '../options.js';
import { PlainWriter } from '../write/plain.js';
import { isTableText } from '../write/predict.js';
import { reportColumns } from '../write/tables.js';

const LINE_FEED = 0x0a;

/** The rows of a table, one record a line. @throws FormatError `unsupported` for anything else */
export function encode(value: Value, context: Context<NdjsonOptions>): Bytes {
  if (!isTable(value))
    throw new FormatError(
      'unsupported',
      `write ${kindOfValue(value)} as ndjson: a file holds the rows of a table`,
      { format: 'ndjson' },
    );
  return encodeRows(value, context);
}

export function encodeRows(
  table: Table,
  context: Pick<Context<NdjsonOptions>, 'options' | 'budget' | 'loss' | 'progress'>,
): Bytes {
  const rules = { ...rulesOf(context.options), indent: 0 };
  const writer = new PlainWriter(rules, context);
  if (rules.tables === 'never' || !isTableText(table)) {
    context.loss({
      path: '',
      kind: 'type',
      from: 'table',
      to: table.columns.length === 0 || table.rows === 0 ? 'nothing' : 'list of records',
    });
  } else reportColumns(table, '', context);
  writer.rows(table, 0, (row) => {
    if (row > 0) writer.out.byte(LINE_FEED);
  });
  if (table.rows > 0) writer.out.byte(LINE_FEED);
  return writer.out.pieces();
}
