const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;
const TWO_32 = 2 ** 32;

/**
 * Puts a whole number of magnitude up to 2^53 into the int64 at `index`, without making a bigint.
 *
 * @param words the int64s as pairs of int32
 */
export function putInt64(words: Int32Array, index: number, value: number): void {
  const high = Math.floor(value / TWO_32);
  words[2 * index + LOW] = value - high * TWO_32;
  words[2 * index + HIGH] = high;
}

/** The int64 at `index` as a double: exact up to 2^53. */
export function getInt64(words: Int32Array, index: number): number {
  return words[2 * index + HIGH]! * TWO_32 + (words[2 * index + LOW]! >>> 0);
}
