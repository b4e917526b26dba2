import type { FloatBits } from '../types/element-type.js';

export interface OddFloats {
  readonly data: Float64Array;
  /** Elements whose value needed rounding. */
  readonly rounded: number;
}

/** Floats of any layout as float64, correctly rounded; `at` and `stride` in bytes. */
export function readOddFloats(
  bytes: Uint8Array,
  layout: { readonly size: number; readonly littleEndian: boolean; readonly bits: FloatBits },
  count: number,
  at: number,
  stride: number,
): OddFloats {
  const data = new Float64Array(count);
  let rounded = 0;
  for (let i = 0; i < count; i++) {
    const start = at + i * stride;
    let word = 0n;
    for (let b = 0; b < layout.size; b++) {
      word = (word << 8n) | BigInt(bytes[layout.littleEndian ? start + layout.size - 1 - b : start + b]!);
    }
    const { value, exact } = valueOf(word, layout.bits);
    data[i] = value;
    if (!exact) rounded++;
  }
  return { data, rounded };
}

function valueOf(word: bigint, bits: FloatBits): { value: number; exact: boolean } {
  const field = (at: number, size: number): bigint => (word >> BigInt(at)) & ((1n << BigInt(size)) - 1n);
  const sign = field(bits.sign, 1) === 1n ? -1 : 1;
  const exponent = Number(field(bits.exponentAt, bits.exponentSize));
  const fraction = field(bits.mantissaAt, bits.mantissaSize);
  const largest = 2 ** bits.exponentSize - 1;
  const stored = BigInt(bits.mantissaSize);
  if (exponent === largest) {
    const payload = bits.implied ? fraction : fraction & ((1n << (stored - 1n)) - 1n);
    return { value: payload === 0n ? sign * Number.POSITIVE_INFINITY : Number.NaN, exact: true };
  }
  const hidden = bits.implied && exponent > 0 ? 1n << stored : 0n;
  const mantissa = fraction + hidden;
  if (mantissa === 0n) return { value: sign * 0, exact: true };
  const scale =
    Math.max(exponent, 1) - bits.bias - (bits.implied ? bits.mantissaSize : bits.mantissaSize - 1);
  return scaled(mantissa, scale, sign);
}

/** `mantissa` × 2^`scale`, rounded half to even once, also where the result is subnormal. */
function scaled(mantissa: bigint, scale: number, sign: number): { value: number; exact: boolean } {
  const length = mantissa.toString(2).length;
  const lowest = Math.max(scale + length - 53, -1074);
  if (lowest <= scale) {
    return { value: sign * timesPowerOfTwo(Number(mantissa), scale), exact: true };
  }
  // Less than half of the least float64.
  if (lowest - scale > length) return { value: sign * 0, exact: false };
  const drop = BigInt(lowest - scale);
  const kept = mantissa >> drop;
  const rest = mantissa - (kept << drop);
  const half = 1n << (drop - 1n);
  const up = rest > half || (rest === half && (kept & 1n) === 1n) ? 1n : 0n;
  return { value: sign * timesPowerOfTwo(Number(kept + up), lowest), exact: rest === 0n };
}

/** In steps that stay in range: 2^-1074 alone is fine, 2^1100 is not. */
function timesPowerOfTwo(value: number, power: number): number {
  let result = value;
  let left = power;
  for (; left > 1000; left -= 1000) result *= 2 ** 1000;
  for (; left < -1000 && left + 1000 > -1074; left += 1000) result *= 2 ** -1000;
  return result * 2 ** left;
}
