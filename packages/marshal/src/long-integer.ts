import { LONG_DIGIT_BITS } from './spec.js';

/** The 15-bit digits of an integer without its sign, lowest first, as marshal writes them. */
export function digitsOf(magnitude: bigint): Uint16Array {
  const hex = magnitude.toString(16);
  const bytes = new Uint8Array(Math.ceil(hex.length / 2) + 4);
  for (let i = 0; i < hex.length; i++) {
    const nibble = Number.parseInt(hex[hex.length - 1 - i]!, 16);
    bytes[i >> 1]! |= nibble << (4 * (i & 1));
  }
  const count = Math.ceil((hex.length * 4) / LONG_DIGIT_BITS);
  const digits = new Uint16Array(count);
  for (let i = 0; i < count; i++) {
    const bit = i * LONG_DIGIT_BITS;
    const at = bit >> 3;
    const word = (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
    digits[i] = (word >> (bit & 7)) & 0x7fff;
  }
  let used = count;
  while (used > 0 && digits[used - 1] === 0) used--;
  return digits.subarray(0, used);
}

/** The integer of `count` digits at `at`; a number where every bit of it is safe. Takes time in proportion to its size. */
export function integerOfDigits(
  view: DataView,
  at: number,
  count: number,
  negative: boolean,
): number | bigint {
  if (count <= 3) {
    let value = 0;
    for (let i = count - 1; i >= 0; i--)
      value = value * 2 ** LONG_DIGIT_BITS + view.getUint16(at + 2 * i, true);
    return negative ? -value : value;
  }
  const magnitude = BigInt(`0x${hexOf(view, at, count)}`);
  if (magnitude <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(negative ? -magnitude : magnitude);
  return negative ? -magnitude : magnitude;
}

/** A radix that is a power of two is parsed in linear time, which shifting and adding would not be. */
function hexOf(view: DataView, at: number, count: number): string {
  const nibbles: string[] = [];
  let word = 0;
  let bits = 0;
  for (let i = 0; i < count; i++) {
    word |= view.getUint16(at + 2 * i, true) << bits;
    bits += LONG_DIGIT_BITS;
    while (bits >= 4) {
      nibbles.push(HEX[word & 15]!);
      word >>>= 4;
      bits -= 4;
    }
  }
  nibbles.push(HEX[word & 15]!);
  return nibbles.reverse().join('');
}

const HEX = '0123456789abcdef';
