import { type Context, Table, type Value } from '@formatlab/core';
import { parserOf } from '../decode.js';
import { type NdjsonOptions, rulesOf } from '../options.js';
import type { JsonParser } from '../parse/parser.js';
import { readRows } from './read-rows.js';

export type LinesContext = Pick<Context<NdjsonOptions>, 'options' | 'budget' | 'loss' | 'progress'>;

/**
 * The records of all lines as a table; as a list where they are no rows of one table. An empty file is a table
 * without columns.
 *
 * @throws FormatError `corrupt` with the byte offset
 */
export function decode(bytes: Uint8Array, context: LinesContext): Value {
  return decodeLines(bytes, context, 0, bytes.length);
}

/** The lines that lie between two positions. */
export function decodeLines(bytes: Uint8Array, context: LinesContext, start: number, end: number): Value {
  const rules = rulesOf(context.options);
  const parser = parserOf(bytes, rules.nan === 'python', context, start, end);
  if (parser.peek() < 0) return new Table(0, []);
  const first = parser.at;
  if (rules.tables !== 'never') {
    const table = readRows(parser, rules)?.table();
    if (table !== undefined) {
      parser.finish();
      return table;
    }
    parser.at = first;
    parser.rounded = 0;
  }
  return readList(parser);
}

function readList(parser: JsonParser): Value[] {
  const list: Value[] = [];
  while (parser.peek() >= 0) {
    list.push(parser.value(0));
    parser.takeItems(1);
  }
  parser.finish();
  return list;
}
