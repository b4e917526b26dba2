import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { startsWithNumbers } from './decode.js';
import { CellReader, NO_NUMBER } from './numbers/cell-reader.js';
import { RowSplitter } from './numbers/row-splitter.js';
import { dialectOf } from './options.js';
import { encodingOf } from './text/encoding.js';
import { invalidUtf8At } from './text/utf8.js';

const OWN_NAME = /\.(txt|dat|text)$/i;
const ANY_NAME = /\.[a-z][a-z0-9]*$/i;
const LINE_END = /[\r\n]/;
/** A row is enough where its cells are many. */
const LEAST_ROWS = 2;

/**
 * Rows of as many numbers each. Nothing in a text says what it is: lines that are no numbers are only taken for text
 * when the file's name says so.
 */
export function probe({ head, size, name }: ProbeInput): ProbeResult | undefined {
  const named = name !== undefined && OWN_NAME.test(name);
  const foreign = name !== undefined && !named && ANY_NAME.test(name);
  const { encoding, mark } = encodingOf(head, undefined);
  if (encoding !== 'utf-8')
    return named ? { score: 0.3, why: 'text in UTF-16 in a file of this name' } : undefined;
  const whole = size === undefined || size <= head.length;
  const bytes = head.subarray(mark, whole ? head.length : lastLineEnd(head));
  if (bytes.length === 0) return named ? { score: 0.1, why: 'an empty file of this name' } : undefined;
  for (const byte of bytes) if (byte < 0x20 && !isBlank(byte)) return undefined;
  const dialect = dialectOf({});
  if (startsWithNumbers(bytes, 0, bytes.length, dialect)) {
    const found = rowsOf(bytes);
    if (found !== undefined && found.rows > 0) {
      const why = `${found.columns} numbers in each of ${found.rows} lines`;
      if (foreign) return { score: 0.1, why };
      const sure = found.rows >= LEAST_ROWS || found.columns >= LEAST_ROWS;
      return { score: sure ? 0.55 : named ? 0.5 : 0.15, why };
    }
  }
  if (!named || invalidUtf8At(bytes) >= 0) return undefined;
  return { score: 0.3, why: 'text in a file of this name' };
}

/** Undefined where a row is not numbers, or has more or fewer than the first. */
function rowsOf(bytes: Uint8Array): { rows: number; columns: number } | undefined {
  const splitter = new RowSplitter(bytes, 0, bytes.length, dialectOf({ comments: '#' }), (at) => at);
  const cells = new CellReader(bytes);
  let rows = 0;
  let columns = 0;
  try {
    while (splitter.next()) {
      const { starts, ends } = splitter;
      if (rows === 0) columns = starts.length;
      if (starts.length !== columns) return undefined;
      if (starts.some((start, i) => cells.kindOf(start, ends[i]!) === NO_NUMBER)) return undefined;
      rows++;
    }
  } catch {
    // A comment that is not UTF-8.
    return undefined;
  }
  return { rows, columns };
}

function isBlank(byte: number): boolean {
  return (
    byte === 0x20 ||
    byte === 0x0c ||
    byte === 0x0b ||
    byte === 0x09 ||
    LINE_END.test(String.fromCharCode(byte))
  );
}

function lastLineEnd(head: Uint8Array): number {
  const end = Math.max(head.lastIndexOf(0x0a), head.lastIndexOf(0x0d));
  return end < 0 ? head.length : end;
}
