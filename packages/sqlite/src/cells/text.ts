import { corrupt } from '../file/faults.js';
import type { TextEncoding } from '../file/header.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Part of Node's Buffer that decodes a short run faster than a TextDecoder. */
interface Slicer {
  readonly latin1Slice: (this: Uint8Array, from: number, to: number) => string;
  readonly utf8Slice: (this: Uint8Array, from: number, to: number) => string;
}

const slicer = (globalThis as { Buffer?: { prototype: Slicer } }).Buffer?.prototype;
/** Runs up to this length are put together character by character. */
const SHORT = 16;

export type TextReader = (bytes: Uint8Array, at: number, length: number) => string;

/**
 * A function that decodes text of a database.
 *
 * @param onWrong told of text that is not valid in the encoding, and gets replacement characters; without it such
 *   text is refused
 * @throws FormatError `corrupt`
 */
export function textReader(encoding: TextEncoding, onWrong?: () => void): TextReader {
  if (encoding === 'utf-8') return (bytes, at, length) => readUtf8(bytes, at, length, onWrong);
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
  // SQLite ignores an odd byte at the end.
  return (bytes, at, length) => decode(decoder, bytes.subarray(at, at + (length & ~1)), onWrong);
}

function readUtf8(bytes: Uint8Array, at: number, length: number, onWrong: (() => void) | undefined): string {
  const end = at + length;
  let seen = 0;
  for (let i = at; i < end; i++) seen |= bytes[i]!;
  if (seen < 0x80) {
    if (length <= SHORT || slicer === undefined) return shortAscii(bytes, at, end);
    return slicer.latin1Slice.call(bytes, at, end);
  }
  if (slicer !== undefined) {
    const text = slicer.utf8Slice.call(bytes, at, end);
    // The replacement character may stand in the text, or for bytes that are wrong.
    if (!text.includes('\ufffd')) return text;
  }
  return decode(utf8, bytes.subarray(at, end), onWrong);
}

function shortAscii(bytes: Uint8Array, at: number, end: number): string {
  if (end - at > SHORT) return utf8.decode(bytes.subarray(at, end));
  let text = '';
  for (let i = at; i < end; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  bytes: Uint8Array,
  onWrong: (() => void) | undefined,
): string {
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    if (onWrong === undefined)
      throw corrupt('text', `${bytes.byteLength} bytes are not ${decoder.encoding}`, undefined, { cause });
    onWrong();
    return new TextDecoder(decoder.encoding, { ignoreBOM: true }).decode(bytes);
  }
}
