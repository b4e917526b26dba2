import { FormatError } from '@formatlab/core';
import { platform } from '#platform';
import { corrupt } from '../corrupt.js';
import type { ByteSlices } from './byte-slices.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ascii = new TextDecoder('latin1');
/** Longer texts are cut out of a larger string by V8 without copying; the page's string would stay for them. */
const MOST_SHARED = 2 ** 20;
/** Of four bytes at once. */
const HIGH_BITS = 0x80808080 | 0;
/** V8's limit. */
const LONGEST_TEXT = 2 ** 29 - 24;

/**
 * Decodes texts into `out` from `at` on. Pages of ASCII are decoded in one piece and cut, which is several
 * times faster than one call of a decoder for each value.
 *
 * @throws FormatError `corrupt` for bytes that are not UTF-8
 */
export function decodeTexts(slices: ByteSlices, out: string[], at: number, offset: number): void {
  const { bytes, starts, ends } = slices;
  const count = starts.length;
  if (count === 0) return;
  const first = starts[0]!;
  const last = ends[count - 1]!;
  if (last - first <= MOST_SHARED && isAscii(slices)) {
    const whole = latin1(bytes.subarray(first, last));
    for (let i = 0; i < count; i++) out[at + i] = whole.slice(starts[i]! - first, ends[i]! - first);
    return;
  }
  for (let i = 0; i < count; i++) out[at + i] = decodeText(bytes, starts[i]!, ends[i]!, offset);
}

function decodeText(bytes: Uint8Array, start: number, end: number, offset: number): string {
  if (end - start > LONGEST_TEXT) {
    throw new FormatError(
      'limit',
      `read text of ${end - start} bytes: a JavaScript string holds at most ${LONGEST_TEXT}`,
      { format: 'parquet', offset },
    );
  }
  try {
    return utf8.decode(bytes.subarray(start, end));
  } catch (error) {
    throw corrupt('read text: not UTF-8', offset, error);
  }
}

/** Texts in the order of the bytes; what lies between them is of short lengths in most pages, which are ASCII too. */
function isAscii(slices: ByteSlices): boolean {
  const { bytes, starts, ends } = slices;
  if (hasNoHighBit(bytes, starts[0]!, ends[starts.length - 1]!)) return true;
  for (let i = 0; i < starts.length; i++) if (!hasNoHighBit(bytes, starts[i]!, ends[i]!)) return false;
  return true;
}

function hasNoHighBit(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  if (end - start > 64) {
    while ((bytes.byteOffset + at) % 4 !== 0) if (bytes[at++]! > 127) return false;
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + at, (end - at) >> 2);
    for (let i = 0; i < words.length; i++) if ((words[i]! & HIGH_BITS) !== 0) return false;
    at += words.length * 4;
  }
  for (; at < end; at++) if (bytes[at]! > 127) return false;
  return true;
}

function latin1(bytes: Uint8Array): string {
  return platform === undefined ? ascii.decode(bytes) : platform.latin1(bytes);
}
