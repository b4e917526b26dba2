import { FormatError } from '@formatlab/core';

/** Allowed nowhere, not even in quotes (YAML 1.2.2, section 5.1). */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;
const UTF8_MARK = 3;

/** The characters of a file, with every line break as one line feed, and the way back to its bytes. */
export interface SourceText {
  readonly text: string;
  /** The same in ASCII bytes, one for each character; undefined where the text has others. */
  readonly ascii: Uint8Array | undefined;
  /** Byte offset of a character, by its line (from 0) and column. */
  offsetOf(line: number, column: number): number;
}

/** @throws FormatError `corrupt` for bytes that are no text, `unsupported` for UTF-32 */
export function sourceText(bytes: Uint8Array): SourceText {
  const { encoding, mark } = encodingOf(bytes);
  const body = bytes.subarray(mark);
  const original = decodeText(body, encoding, mark);
  const bad = FORBIDDEN.exec(original);
  if (bad !== null) {
    const before = original.slice(0, bad.index);
    const line = before.split(/\r\n?|\n/).length;
    throw new FormatError(
      'corrupt',
      `read YAML in line ${line}, control character 0x${bad[0].charCodeAt(0).toString(16).padStart(2, '0')}: not allowed in the text`,
      { format: 'yaml', offset: mark + byteLength(before, encoding) },
    );
  }
  const text = original.includes('\r') ? original.replace(/\r\n?/g, '\n') : original;
  const isAscii = encoding === 'utf-8' && original.length === body.length;
  return {
    text,
    ascii: !isAscii ? undefined : text === original ? body : new TextEncoder().encode(text),
    offsetOf(line, column) {
      const breaks = /\r\n?|\n/g;
      for (let i = 0; i < line; i++) breaks.exec(original);
      return mark + byteLength(original.slice(0, breaks.lastIndex + column), encoding);
    },
  };
}

type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be';

/** Table of YAML 1.2.2, section 5.2. */
function encodingOf(bytes: Uint8Array): { encoding: Encoding; mark: number } {
  const [a, b, c, d] = bytes;
  if ((a === 0 && b === 0 && c !== undefined) || (c === 0 && d === 0 && b === (a === 0xff ? 0xfe : 0)))
    throw new FormatError('unsupported', 'read YAML: the text is UTF-32', {
      format: 'yaml',
      offset: 0,
      feature: 'encodings',
      found: 'UTF-32',
      supported: ['UTF-8', 'UTF-16'],
    });
  if (a === 0xef && b === 0xbb && c === 0xbf) return { encoding: 'utf-8', mark: UTF8_MARK };
  if (a === 0xff && b === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (a === 0xfe && b === 0xff) return { encoding: 'utf-16be', mark: 2 };
  if (a === 0 && b !== undefined) return { encoding: 'utf-16be', mark: 0 };
  if (b === 0 && a !== undefined) return { encoding: 'utf-16le', mark: 0 };
  return { encoding: 'utf-8', mark: 0 };
}

function decodeText(body: Uint8Array, encoding: Encoding, mark: number): string {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    const offset = mark + (encoding === 'utf-8' ? validLength(body) : 0);
    throw new FormatError('corrupt', `read YAML, byte ${offset}: not ${encoding.toUpperCase()}`, {
      format: 'yaml',
      offset,
      cause,
    });
  }
}

/** How many bytes at the start are whole UTF-8, by halving. */
function validLength(body: Uint8Array): number {
  let low = 0;
  let high = body.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    // `stream` forgives a character that is cut at the end.
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(body.subarray(0, middle), { stream: true });
      low = middle;
    } catch {
      high = middle - 1;
    }
  }
  return low;
}

function byteLength(text: string, encoding: Encoding): number {
  return encoding === 'utf-8' ? new TextEncoder().encode(text).length : 2 * text.length;
}
