import { describe, expect, test } from 'vitest';
import { float16ToFloat32, float16ToNumber, numberToFloat16 } from '../src/index.js';

/** The value of a binary16 by the book (IEEE 754 §3.4), apart from the code under test. */
function reference(bits: number): number {
  const sign = bits >= 0x8000 ? -1 : 1;
  const exponent = Math.floor(bits / 1024) % 32;
  const fraction = bits % 1024;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction / 1024 : 1 + fraction / 1024) * 2 ** (Math.max(1, exponent) - 15);
}

describe('float16', () => {
  test('reads all 65,536 patterns exactly and writes them back', () => {
    for (let bits = 0; bits < 65_536; bits++) {
      const value = float16ToNumber(bits);
      expect(Object.is(value, reference(bits)), `pattern ${bits}`).toBe(true);
      if (!Number.isNaN(value)) expect(numberToFloat16(value), `pattern ${bits}`).toBe(bits);
    }
  });

  test('rounds what lies between two to the nearest, halves to even', () => {
    for (let bits = 0; bits < 0x7bff; bits++) {
      const low = float16ToNumber(bits);
      const high = float16ToNumber(bits + 1);
      const middle = (low + high) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      expect(numberToFloat16(middle)).toBe(even);
      expect(numberToFloat16(middle - (high - low) / 8)).toBe(bits);
      expect(numberToFloat16(middle + (high - low) / 8)).toBe(bits + 1);
    }
  });

  test('overflows to infinity from halfway on', () => {
    expect(numberToFloat16(65_519.999)).toBe(0x7bff);
    expect(numberToFloat16(65_520)).toBe(0x7c00);
    expect(numberToFloat16(-1e300)).toBe(0xfc00);
    expect(numberToFloat16(5e-324)).toBe(0);
    expect(numberToFloat16(-0)).toBe(0x8000);
    expect(numberToFloat16(Number.NaN)).toBe(0x7e00);
  });

  test('gives float32 arrays', () => {
    expect([...float16ToFloat32(Uint16Array.of(0x3c00, 0xc000, 0x0001))]).toEqual([1, -2, 2 ** -24]);
  });
});
