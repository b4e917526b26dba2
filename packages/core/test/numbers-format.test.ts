import { describe, expect, it } from 'vitest';
import { formatFloat64, formatInteger, MAX_FLOAT_LENGTH } from '../src/numbers/format-number.js';
import { randomBits } from './random-bits.js';

const one = new Float64Array(1);
const buffer = new Uint8Array(64);

function format(value: number): string {
  one[0] = value;
  return new TextDecoder().decode(buffer.subarray(0, formatFloat64(one, 0, buffer, 0)));
}

/** The significant digits, without point, exponent and outer zeros. */
function digitsOf(text: string): string {
  return text.replace(/^-|e.*$|\./g, '').replace(/^0+|0+$/g, '');
}

/** The values whose text does not read back, or has other digits than the shortest. */
function wrongOnes(values: Iterable<number>): number[] {
  const wrong: number[] = [];
  for (const value of values) {
    const text = format(value);
    const right =
      Object.is(Number(text), value) &&
      digitsOf(text) === digitsOf(String(value)) &&
      text.length <= MAX_FLOAT_LENGTH;
    if (!right || !/[.e]/.test(text)) wrong.push(value);
  }
  return wrong;
}

describe('formatFloat64', () => {
  it('writes the digits of String() for 200,000 random bit patterns', () => {
    const random = randomBits(4n);
    function* values(): Generator<number> {
      for (let i = 0; i < 200_000; i++) {
        const value = random.double();
        if (Number.isFinite(value)) yield value;
      }
    }
    expect(wrongOnes(values())).toEqual([]);
  });

  it('writes the digits of String() for numbers of everyday sizes', () => {
    const random = randomBits(5n);
    function* values(): Generator<number> {
      for (let i = 0; i < 50_000; i++) {
        const unit = random.unit();
        yield unit;
        yield -unit * 1000;
        yield Math.round(unit * 1e6) / 1e4;
        yield Math.round(unit * 1e5) / 10 ** random.below(12);
        yield Math.floor(unit * 1e17);
        yield Number(random.next());
        yield unit * 10 ** (random.below(40) - 20);
      }
    }
    expect(wrongOnes(values())).toEqual([]);
  });

  it('writes powers of two and their neighbours, and short decimals of every size', () => {
    function* values(): Generator<number> {
      for (let power = -1074; power < 1024; power++) {
        for (const factor of [1, -1, 1 + 2 ** -52, 2 - 2 ** -52, 1.5]) yield 2 ** power * factor;
      }
      for (let exponent = -323; exponent < 307; exponent++)
        for (let digits = 1; digits < 100; digits++) yield Number(`${digits}e${exponent}`);
      for (let i = 0; i < 20_000; i++) yield i;
    }
    expect(wrongOnes(values())).toEqual([]);
  });

  it.each([
    [0, '0.0'],
    [-0, '-0.0'],
    [1, '1.0'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [0.0001, '0.0001'],
    [0.00001, '1e-05'],
    [1.25e-7, '1.25e-07'],
    [123456789, '123456789.0'],
    [1e15, '1000000000000000.0'],
    [1e16, '1e+16'],
    [12345678901234568, '1.2345678901234568e+16'],
    [2 ** 53, '9007199254740992.0'],
    [1e100, '1e+100'],
    [5e-324, '5e-324'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [Number.NaN, 'nan'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [Number.NEGATIVE_INFINITY, '-inf'],
    [100.25, '100.25'],
    [0.30000000000000004, '0.30000000000000004'],
  ])("writes %d as Python's repr: %s", (value, text) => {
    expect(format(value)).toBe(text);
  });

  it('returns the position behind the number and touches nothing before it', () => {
    const bytes = new Uint8Array(40).fill(0x2a);
    expect(formatFloat64(Float64Array.of(1, 2.5), 1, bytes, 3)).toBe(6);
    expect(new TextDecoder().decode(bytes.subarray(0, 6))).toBe('***2.5');
  });
});

describe('formatInteger', () => {
  it.each([0, 7, -10, 99, 12345678, 100000000, -99999999999, 999999999999999, 123456700000089])(
    'writes %d',
    (value) => {
      const behind = formatInteger(value, buffer, 0);
      expect(new TextDecoder().decode(buffer.subarray(0, behind))).toBe(String(value));
    },
  );
});
