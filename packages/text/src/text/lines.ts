import { type Budget, FormatError, NDArray } from '@formatlab/core';
import { invalidUtf8At } from './utf8.js';

/** What a line and its place in the list take, for the budget. */
const LINE_BYTES = 24;

/**
 * The lines of UTF-8 text as an array of strings, without their ends (LF, CR LF or CR, as Python's text files).
 *
 * @throws FormatError `corrupt` with the offset of the first byte that is not UTF-8, `limit`
 */
export function readLines(
  bytes: Uint8Array,
  locate: (at: number) => number,
  budget: Budget,
): NDArray<'string'> {
  budget.takeBytes(2 * bytes.length, `text of ${bytes.length} bytes`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw notUtf8(bytes, locate, cause);
  }
  const lines = text.split(/\r\n|\n|\r/);
  // What follows the last line end is a line only where it is not empty.
  if (lines.at(-1) === '') lines.pop();
  budget.takeItems(lines.length, 'the lines of a text');
  budget.takeBytes(LINE_BYTES * lines.length, `${lines.length} lines`);
  return new NDArray({ dtype: 'string', shape: [lines.length], data: lines });
}

/** @throws FormatError `corrupt` */
export function checkUtf8(
  bytes: Uint8Array,
  from: number,
  end: number,
  locate: (at: number) => number,
): void {
  if (invalidUtf8At(bytes, from, end) >= 0) throw notUtf8(bytes.subarray(0, end), locate, undefined);
}

function notUtf8(bytes: Uint8Array, locate: (at: number) => number, cause: unknown): FormatError {
  const at = Math.max(0, invalidUtf8At(bytes));
  const found = `0x${(bytes[at] ?? 0).toString(16).padStart(2, '0')}`;
  return new FormatError(
    'corrupt',
    `read text at byte ${locate(at)}: ${found} does not begin a character of UTF-8; set the option 'encoding' for others`,
    { format: 'text', offset: locate(at), found, cause },
  );
}
