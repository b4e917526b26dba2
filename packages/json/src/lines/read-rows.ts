import { FormatError, isFormatError, type LineBlock } from '@formatlab/core';
import { parserOf } from '../decode.js';
import { rulesOf } from '../options.js';
import { OPEN_RECORD } from '../parse/ascii.js';
import { TableRows } from '../parse/tables.js';
import type { LinesContext } from './decode.js';

export interface BlockRows {
  readonly rows: TableRows;
  /** Numbers of more digits than the double that they became. */
  readonly rounded: number;
}

/**
 * The rows of a block of lines; undefined where one of them is no row of a table.
 *
 * @throws FormatError `corrupt` with the byte offset in the file
 */
export function readBlock({ bytes, at }: LineBlock, context: LinesContext): BlockRows | undefined {
  const rules = rulesOf(context.options);
  const mark = context.budget.mark();
  try {
    const parser = parserOf(bytes, rules.nan === 'python', { ...context, progress() {} });
    const rows = new TableRows(parser, rules, 1);
    while (parser.peek() >= 0) if (parser.peek() !== OPEN_RECORD || !rows.read()) return undefined;
    return { rows, rounded: parser.rounded };
  } catch (error) {
    throw at === 0 ? error : inFile(error, at);
  } finally {
    // Blocks come and go.
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
