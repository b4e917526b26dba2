import { describe, expect, it } from 'vitest';
import {
  IS_FLOAT,
  IS_LOOSE,
  IS_NUMBER,
  IS_ROUNDED,
  IS_WIDE,
  int64OfIntegers,
  NumberScanner,
  parseFloat64,
  parseInteger,
} from '../src/numbers/parse-number.js';
import { randomBits } from './random-bits.js';

const out = new Float64Array(1);
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The texts whose double differs from that of `Number()`. */
function wrongOnes(texts: Iterable<string>): string[] {
  const wrong: string[] = [];
  for (const text of texts) {
    const bytes = ascii(text);
    const scanner = new NumberScanner(bytes);
    const kind = scanner.scan(out, 0);
    if (kind === 0 || scanner.at !== bytes.length || !Object.is(out[0], Number(text))) wrong.push(text);
  }
  return wrong;
}

function kindOf(text: string): number {
  return new NumberScanner(ascii(text)).scan(out, 0);
}

describe('NumberScanner', () => {
  it('reads 200,000 random bit patterns as Number() does, in several notations', () => {
    const random = randomBits(1n);
    function* texts(): Generator<string> {
      for (let i = 0; i < 200_000; i++) {
        const value = random.double();
        if (!Number.isFinite(value)) continue;
        yield String(value);
        yield i % 3 === 0
          ? value.toExponential(18)
          : i % 3 === 1
            ? value.toPrecision(17)
            : value.toPrecision(45);
      }
    }
    expect(wrongOnes(texts())).toEqual([]);
  });

  it('reads numbers of everyday sizes as Number() does', () => {
    const random = randomBits(2n);
    function* texts(): Generator<string> {
      for (let i = 0; i < 50_000; i++) {
        const unit = random.unit();
        yield String(unit);
        yield (unit * 1000).toFixed(4);
        yield String(random.next());
        yield `${random.next()}.${random.next()}`;
        yield `-${random.next()}e${random.below(700) - 350}`;
      }
    }
    expect(wrongOnes(texts())).toEqual([]);
  });

  it('rounds halfway cases to even, and what is just beside them to its side', () => {
    const random = randomBits(3n);
    function* texts(): Generator<string> {
      for (let i = 0; i < 10_000; i++) {
        const mantissa = (random.next() >> 11n) | (1n << 52n);
        const halfway = (2n * mantissa + 1n) << BigInt(random.below(100));
        yield String(halfway);
        yield String(halfway - 1n);
        yield String(halfway + 1n);
        const places = random.below(60) + 1;
        const digits = String((2n * mantissa + 1n) * 5n ** BigInt(places));
        yield `${digits}e-${places}`;
        yield `${digits.slice(0, 3)}.${digits.slice(3)}e${digits.length - 3 - places}`;
        yield `${digits}${'0'.repeat(30)}1e-${places + 31}`;
      }
    }
    expect(wrongOnes(texts())).toEqual([]);
  });

  it('reads subnormals, the ends of the range and long digit strings as Number() does', () => {
    const edges = [
      '5e-324',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      '2.2250738585072011e-308',
      '2.2250738585072014e-308',
      '1.7976931348623157e308',
      '1.7976931348623158e308',
      '1.7976931348623159e308',
      '1e309',
      '-1e400',
      '1e-400',
      '0e999999999999',
      '1e-99999999999999999999',
      '1e99999999999999999999',
      '0',
      '-0',
      '0.0',
      '-0.0e5',
      '9007199254740993',
      '9007199254740993.0000000001',
      `1${'0'.repeat(400)}e-400`,
      `0.${'0'.repeat(400)}1e401`,
      `0.${'0'.repeat(330)}7`,
      '9'.repeat(27),
      '9'.repeat(28),
      '9'.repeat(800),
      `${'1234567890'.repeat(50)}e-480`,
      `0.${'3'.repeat(1000)}`,
      '1.000000000000000000e+00',
      '123456789012345678.9',
      '100000000000000000000',
      '179769313486231580793728971405301e276',
      '7.0064923216240853546186479164495806564013097093825788587853e-46',
    ];
    const subnormals = Array.from({ length: 2000 }, (_, i) => String(5e-324 * (i * 7919 + 1)));
    expect(wrongOnes([...edges, ...subnormals])).toEqual([]);
  });

  it.each([
    ['1', IS_NUMBER],
    ['-12', IS_NUMBER],
    ['1.0', IS_NUMBER | IS_FLOAT],
    ['1e3', IS_NUMBER | IS_FLOAT],
    ['-0', IS_NUMBER | IS_FLOAT],
    ['9007199254740991', IS_NUMBER],
    ['-9007199254740992', IS_NUMBER | IS_WIDE],
    ['9007199254740993', IS_NUMBER | IS_WIDE],
    ['9007199254740994.0', IS_NUMBER | IS_FLOAT],
    ['01', IS_NUMBER | IS_LOOSE],
    ['+1', IS_NUMBER | IS_LOOSE],
    ['-00', IS_NUMBER | IS_FLOAT | IS_LOOSE],
    ['.5', IS_NUMBER | IS_FLOAT | IS_LOOSE],
    ['5.', IS_NUMBER | IS_FLOAT | IS_LOOSE],
    ['00.5', IS_NUMBER | IS_FLOAT | IS_LOOSE],
    ['0.5', IS_NUMBER | IS_FLOAT],
    ['0.10000000000000001', IS_NUMBER | IS_FLOAT],
    ['1.000000000000000055511151231257827021181583404541015625e-01', IS_NUMBER | IS_FLOAT],
    ['1.0000000000000000555112512312578e-01', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['90071992547409.93', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['80071992547409.93', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['3.14159265358979323846', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['3.1415926535897931', IS_NUMBER | IS_FLOAT],
    ['1.23456789012345678e+30', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['3e-324', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['5e-324', IS_NUMBER | IS_FLOAT],
    ['1e5000', IS_NUMBER | IS_FLOAT | IS_ROUNDED],
    ['', 0],
    ['-', 0],
    ['.', 0],
    ['-.', 0],
    ['e5', 0],
    ['NaN', 0],
    ['--1', 0],
    ['+-1', 0],
  ])('says of %j which kind of number it is', (text, kind) => {
    expect(kindOf(text)).toBe(kind);
  });

  it.each([
    ['1,2', 1],
    ['1.5]', 3],
    ['1e', 1],
    ['1e+', 1],
    ['1.2.3', 3],
    ['12x', 2],
    ['1e5e6', 3],
    ['7-', 1],
  ])('ends the number in %j behind byte %i', (text, at) => {
    const scanner = new NumberScanner(ascii(text));
    scanner.scan(out, 0);
    expect(scanner.at).toBe(at);
  });

  it('stays within its end, also in the middle of a number', () => {
    const bytes = ascii('123.456e78');
    for (const [end, value] of [
      [1, 1],
      [3, 123],
      [4, 123],
      [5, 123.4],
      [7, 123.456],
      [8, 123.456],
      [9, 123.456e7],
      [10, 123.456e78],
    ]) {
      expect(new NumberScanner(bytes, 0, end).scan(out, 0)).not.toBe(0);
      expect(out[0]).toBe(value);
    }
  });
});

describe('IS_ROUNDED', () => {
  it('is not set for what prints a double, whatever the number of digits', () => {
    const random = randomBits(53n);
    const texts = Array.from({ length: 20_000 }, random.double).flatMap((value) => {
      if (!Number.isFinite(value)) return [];
      return [String(value), value.toPrecision(17), value.toPrecision(19), value.toExponential(25)];
    });
    expect(texts.filter((text) => (kindOf(text) & IS_ROUNDED) !== 0)).toEqual([]);
  });

  it('is set where the digits were those of no double', () => {
    const texts = Array.from({ length: 2000 }, (_, i) => `${1000 + i}.1234567890123456${i % 10}`);
    const lost = texts.filter((text) => Number(text).toFixed(17) !== text);
    expect(texts.filter((text) => (kindOf(text) & IS_ROUNDED) !== 0)).toEqual(lost);
  });
});

describe('parseFloat64', () => {
  it('gives nothing where the bytes are not wholly one number', () => {
    const texts = ['', ' 1', '1 ', 'nan', '0x10', '1_000', '1e', '--1', '1,5'];
    expect(texts.map((text) => parseFloat64(ascii(text), 0, text.length))).toEqual(
      texts.map(() => undefined),
    );
    expect(parseFloat64(ascii('a1.5b'), 1, 4)).toBe(1.5);
  });
});

describe('parseInteger', () => {
  it('keeps every digit', () => {
    const parse = (text: string): bigint | undefined => parseInteger(ascii(text), 0, text.length);
    expect(parse('-9223372036854775808')).toBe(-9223372036854775808n);
    expect(parse('9007199254740993')).toBe(9007199254740993n);
    expect(parse('+7')).toBe(7n);
    expect(parse('9'.repeat(10_000))).toBe(BigInt('9'.repeat(10_000)));
    expect(['', '-', '1.0', '1e3', ' 1', '0x1'].map(parse)).toEqual(Array(6).fill(undefined));
  });
});

describe('int64OfIntegers', () => {
  it('keeps signs and high halves', () => {
    const values = [
      0,
      1,
      -1,
      2 ** 31,
      -(2 ** 31),
      2 ** 32,
      -(2 ** 32) - 1,
      2 ** 53,
      -(2 ** 53),
      9007199254740991,
      -9007199254740991,
    ];
    expect(int64OfIntegers(Float64Array.from(values))).toEqual(BigInt64Array.from(values, BigInt));
    expect(int64OfIntegers(Float64Array.of(1, 2, 3), 2)).toEqual(BigInt64Array.of(1n, 2n));
  });
});

describe('the short way for common numbers', () => {
  it('gives what the careful way gives, which is taken at the end of the bytes', () => {
    let state = 1;
    const next = (below: number): number => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const digits = (count: number): string => Array.from({ length: count }, () => next(10)).join('');
    const behind = ` ${'7'.repeat(60)}`;
    for (let i = 0; i < 20_000; i++) {
      const text = `${next(2) === 0 ? '-' : ''}${next(10 ** next(10))}.${'0'.repeat(next(4) * next(6))}${digits(next(20))}`;
      const results = [text, text + behind].map((bytes) => {
        const scanner = new NumberScanner(new TextEncoder().encode(bytes));
        const out = new Float64Array(1);
        return [scanner.scan(out, 0), scanner.at, out[0]];
      });
      expect(results[1]).toStrictEqual(results[0]);
      expect(results[0]![2]).toBe(Number(text));
    }
  });
});
