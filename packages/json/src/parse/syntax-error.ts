import { type ErrorCode, FormatError } from '@formatlab/core';
import { LINE_FEED } from './ascii.js';

const MOST_SHOWN = 12;

/** `read JSON at line 3, column 7: expected ',' or ']', found 'x'`, with the byte offset. */
export function syntaxError(
  bytes: Uint8Array,
  at: number,
  end: number,
  expected: string,
  code: ErrorCode = 'corrupt',
): FormatError {
  const found = foundAt(bytes, at, end);
  return new FormatError(code, `read JSON ${placeOf(bytes, at)}: expected ${expected}, found ${found}`, {
    format: 'json',
    offset: at,
    found,
  });
}

/** `at line 3, column 7`; columns count characters. */
export function placeOf(bytes: Uint8Array, at: number): string {
  let line = 1;
  let start = 0;
  for (let next = bytes.indexOf(LINE_FEED); next >= 0 && next < at; next = bytes.indexOf(LINE_FEED, start)) {
    line++;
    start = next + 1;
  }
  let column = 1;
  // A byte 10xxxxxx continues a character.
  for (let i = start; i < at; i++) if ((bytes[i]! & 0xc0) !== 0x80) column++;
  return `at line ${line}, column ${column}`;
}

function foundAt(bytes: Uint8Array, at: number, end: number): string {
  if (at >= end) return 'the end';
  const byte = bytes[at]!;
  if (byte < 0x20 || byte === 0x7f) return `byte 0x${byte.toString(16).padStart(2, '0')}`;
  const text = new TextDecoder().decode(bytes.subarray(at, Math.min(end, at + 4 * MOST_SHOWN)));
  const word = /^[\w+.-]{2,}/.exec(text)?.[0].slice(0, MOST_SHOWN);
  return `'${word ?? String.fromCodePoint(text.codePointAt(0)!)}'`;
}
