import { FormatError } from '../errors.js';
import type { Range } from './source.js';

/** @throws FormatError `corrupt` when a range does not lie within `size` bytes */
export function checkRange(range: Range, size: number, name: string): void {
  const { at, length } = range;
  if (
    Number.isSafeInteger(at) &&
    Number.isSafeInteger(length) &&
    at >= 0 &&
    length >= 0 &&
    at + length <= size
  )
    return;
  throw new FormatError('corrupt', `read ${length} bytes at ${at} of '${name}': it has ${size}`, {
    offset: at,
  });
}

/** @throws FormatError `aborted` */
export function throwIfAborted(signal: AbortSignal | undefined, action: string): void {
  if (signal?.aborted)
    throw new FormatError('aborted', `${action}: aborted by the caller`, { cause: signal.reason });
}

/** One array of pieces: what sinks and encoders take both ways. */
export function piecesOf(bytes: Uint8Array | readonly Uint8Array[]): readonly Uint8Array[] {
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}

export function byteLengthOf(bytes: Uint8Array | readonly Uint8Array[]): number {
  return piecesOf(bytes).reduce((sum, piece) => sum + piece.byteLength, 0);
}

/** The pieces as one run of bytes; a single piece is not copied. */
export function joinBytes(bytes: Uint8Array | readonly Uint8Array[]): Uint8Array {
  const pieces = piecesOf(bytes);
  if (pieces.length === 1) return pieces[0]!;
  const joined = new Uint8Array(byteLengthOf(pieces));
  let at = 0;
  for (const piece of pieces) {
    joined.set(piece, at);
    at += piece.byteLength;
  }
  return joined;
}
