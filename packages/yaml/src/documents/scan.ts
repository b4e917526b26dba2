import { type Context, readLineBlocks, type Source } from '@formatlab/core';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const HASH = 0x23;
const PERCENT = 0x25;
const MINUS = 0x2d;
const DOT = 0x2e;
const MARKER = 3;
const UTF8_MARK = [0xef, 0xbb, 0xbf] as const;

/** Where a document lies in the file, with its directives and its `---`. */
export interface DocumentPlace {
  readonly at: number;
  readonly length: number;
}

/**
 * The documents of a stream, found by their markers alone: a line that begins with `---` or `...` and a blank is one
 * wherever it stands, in quotes and block scalars too (YAML 1.2.2, section 9.1.2, c-forbidden). UTF-8 only.
 */
export async function* scanDocuments(
  source: Source,
  context: Pick<Context<object>, 'signal' | 'progress'>,
): AsyncGenerator<DocumentPlace> {
  let at = 0;
  /** Whether what came since `at` is a document: has a marker, a directive, or content. */
  let isMarked = false;
  let hasDirective = false;
  let hasContent = false;
  for await (const block of readLineBlocks(source, context)) {
    const { bytes } = block;
    for (let line = 0; line < bytes.length; ) {
      const end = behindLine(bytes, line);
      const start = bytes[line] === UTF8_MARK[0] && hasMark(bytes, line) ? line + UTF8_MARK.length : line;
      const marker = markerAt(bytes, start, end);
      if (marker === MINUS && (isMarked || hasContent)) {
        yield { at, length: block.at + line - at };
        at = block.at + line;
        hasDirective = false;
        hasContent = false;
      }
      if (marker === MINUS) isMarked = true;
      else if (marker === DOT) {
        if (isMarked || hasContent || hasDirective) yield { at, length: block.at + end - at };
        at = block.at + end;
        isMarked = false;
        hasDirective = false;
        hasContent = false;
      } else if (!hasContent && !isEmpty(bytes, start, end)) {
        if (bytes[start] === PERCENT && !isMarked) hasDirective = true;
        else hasContent = true;
      }
      line = end;
    }
  }
  if (isMarked || hasContent || hasDirective) yield { at, length: source.size - at };
}

/** Whether a file is UTF-8, as far as its first bytes tell: the others have a byte order mark or zeros. */
export function isUtf8(head: Uint8Array): boolean {
  const [a, b] = head;
  return !(a === 0xff || a === 0xfe) && a !== 0 && b !== 0;
}

function behindLine(bytes: Uint8Array, line: number): number {
  for (let at = line; at < bytes.length; at++) {
    if (bytes[at] === LINE_FEED) return at + 1;
    if (bytes[at] === CARRIAGE_RETURN) return bytes[at + 1] === LINE_FEED ? at + 2 : at + 1;
  }
  return bytes.length;
}

function hasMark(bytes: Uint8Array, at: number): boolean {
  return UTF8_MARK.every((byte, i) => bytes[at + i] === byte);
}

/** The character of the marker that a line begins with, or 0. */
function markerAt(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first !== MINUS && first !== DOT) return 0;
  if (bytes[at + 1] !== first || bytes[at + 2] !== first) return 0;
  return at + MARKER >= end || isBlank(bytes[at + MARKER]!) ? first : 0;
}

/** Whether a line has nothing but blanks and a comment. */
function isEmpty(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  while (at < end && isBlank(bytes[at]!)) at++;
  return at === end || bytes[at] === HASH;
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}
