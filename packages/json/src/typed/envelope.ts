/**
 * The first member of every record that stands for a value JSON has no type for; it names the kind. A record of
 * the user that has a member of this name is written as kind `record`.
 */
export const ENVELOPE = '$formatlab';

export type EnvelopeKind =
  | 'ndarray'
  | 'table'
  | 'number'
  | 'bigint'
  | 'date'
  | 'bytes'
  | 'tagged'
  | 'pairs'
  | 'record';

export const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Reverses runs of `width` bytes: files are little-endian on every machine. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = bytes.slice();
  for (let start = 0; start < out.length; start += width) out.subarray(start, start + width).reverse();
  return out;
}
