import { FormatError, isFormatError, type LineBlock } from '@formatlab/core';
import { parserOf } from '../decode.js';
import { type Rules, rulesOf } from '../options.js';
import { OPEN_RECORD } from '../parse/ascii.js';
import type { JsonParser } from '../parse/parser.js';
import { type ColumnSeen, TableRows } from '../parse/tables.js';
import type { LinesContext } from './decode.js';

/** The records up to the end of the text as rows; undefined where one of them is no row of a table. */
export function readRows(
  parser: JsonParser,
  rules: Rules,
  all?: readonly ColumnSeen[],
  began?: (at: number) => void,
): TableRows | undefined {
  const rows = new TableRows(parser, rules, 1, all);
  while (parser.peek() >= 0) {
    if (parser.peek() !== OPEN_RECORD) return undefined;
    began?.(parser.at);
    if (!rows.read()) return undefined;
  }
  return rows;
}

/**
 * What `read` makes of a block of lines. The budget is as before then: blocks come and go.
 *
 * @throws FormatError `corrupt` with the byte offset in the file
 */
export function inBlock<T>(
  { bytes, at }: LineBlock,
  context: LinesContext,
  read: (parser: JsonParser) => T,
): T {
  const { nan } = rulesOf(context.options);
  const mark = context.budget.mark();
  try {
    return read(parserOf(bytes, nan === 'python', { ...context, progress() {} }));
  } catch (error) {
    throw at === 0 ? error : inFile(error, at);
  } finally {
    context.budget.rewind(mark);
  }
}

/** Places in a block as those of the file. */
function inFile(error: unknown, at: number): unknown {
  if (!isFormatError(error)) return error;
  const { code, format, path, feature, found, supported, offset } = error;
  return new FormatError(code, `read the lines from byte ${at}: ${error.message}`, {
    format,
    path,
    feature,
    found,
    supported,
    ...(offset === undefined ? {} : { offset: at + offset }),
    cause: error,
  });
}
