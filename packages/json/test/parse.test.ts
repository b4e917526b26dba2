import { createLab, firstDifference, newRecord, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { json } from '../src/index.js';
import { bytesOf, failureOf, lines, read } from './reading.js';

const AS_WRITTEN = { arrays: 'never', tables: 'never' } as const;
const plain = (text: string): Value => read(text, AS_WRITTEN).value;

function expectSame(actual: Value, expected: Value): void {
  expect(firstDifference(expected, actual)).toBeUndefined();
}

describe('values', () => {
  it.each<[string, Value]>([
    ['null', null],
    [' true ', true],
    ['\t\r\nfalse', false],
    ['"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9"', 'a"\\/\b\f\n\r\té'],
    ['"\\uD83D\\uDE00"', '😀'],
    ['"grün 日本 😀"', 'grün 日本 😀'],
    ['[]', []],
    ['[1,[2,[]],"x"]', [1, [2, []], 'x']],
    ['{}', newRecord()],
    ['-0', -0],
    ['-0.0', -0],
    ['0.1', 0.1],
    ['1E+2', 100],
    ['9007199254740991', 9007199254740991],
    ['-9007199254740991', -9007199254740991],
    ['1e400', Number.POSITIVE_INFINITY],
  ])('%j', (text, value) => {
    expectSame(plain(text), value);
  });

  it('keeps every digit of integers that a double does not hold', () => {
    expect(plain('[9007199254740992,-9007199254740993,18446744073709551616]')).toEqual([
      9007199254740992n,
      -9007199254740993n,
      18446744073709551616n,
    ]);
  });

  it('keeps lone surrogates that are escaped', () => {
    expect(plain('"\\ud800x"')).toBe('\ud800x');
    expect(plain('{"\\udc00":1}')).toEqual({ '\udc00': 1 });
  });

  it('takes names of every object for names like any other', () => {
    const value = plain('{"__proto__":{"polluted":true},"constructor":1,"toString":2}') as {
      [name: string]: Value;
    };
    expect(Object.keys(value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    expect((value as { hasOwnProperty?: unknown }).hasOwnProperty).toBeUndefined();
  });

  it('reads records whose names change from one to the next', () => {
    const text =
      '[{"a":1,"b":2},{"a":1,"b":2},{"b":3,"a":4},{"a":5},{"a":1,"b":2,"c":3},{"a\\u0062":1},{"":0},{"":1}]';
    expect(plain(text)).toEqual(JSON.parse(text));
  });

  it('reads more names than it remembers, and strings longer than a window of text', () => {
    const many = Object.fromEntries(
      Array.from({ length: 5000 }, (_, i) => [`name ${i}`, `${i}`.repeat(i % 40)]),
    );
    const long = { a: 'x'.repeat(200_000), b: 'ü'.repeat(100_000), c: `${'y'.repeat(70_000)}\n` };
    expect(plain(JSON.stringify([many, long, many]))).toEqual([many, long, many]);
  });

  it('skips a byte order mark', () => {
    expect(plain('\ufeff{"a":1}')).toEqual({ a: 1 });
  });
});

describe('what is lost on reading', () => {
  it('reports a member that stands twice, wherever it stands, and keeps the last', () => {
    const { value, losses } = read(
      '{"x":[{"a":1,"b":2},{"a":1,"a":2}],"x":{"y/z":[0,{"k":1,"k":2}]}}',
      AS_WRITTEN,
    );
    expect(value).toEqual({ x: { 'y/z': [0, { k: 2 }] } });
    expect(lines(losses)).toEqual([
      "dropped at '/x/1/a': a member that stands twice -> the last one",
      "dropped at '/x': a member that stands twice -> the last one",
      "dropped at '/x/y~1z/1/k': a member that stands twice -> the last one",
    ]);
  });

  it('reports numbers of more digits than a double keeps, once', () => {
    const { losses } = read(
      '{"a":[90071992547409.93,1e400],"b":"x","c":0.1000000000000000055511151231257827}',
      AS_WRITTEN,
    );
    expect(losses).toEqual([
      { path: '', kind: 'precision', from: 'numbers of more digits', to: 'the nearest float64', count: 2 },
    ]);
  });
});

describe('errors', () => {
  it.each([
    ['', 0, 'read JSON at line 1, column 1: expected a value, found the end'],
    ['[1,\n 2,]', 7, "read JSON at line 2, column 4: expected a value, found ']'"],
    ['{"ä":1,}', 8, "read JSON at line 1, column 8: expected a name in double quotes, found '}'"],
    ['{"a" 1}', 5, "read JSON at line 1, column 6: expected ':', found '1'"],
    ['[1 2]', 3, "read JSON at line 1, column 4: expected ',' or ']', found '2'"],
    ['{"a":1 "b":2}', 7, "read JSON at line 1, column 8: expected ',' or '}', found '\"'"],
    ['[tru]', 1, "read JSON at line 1, column 2: expected a value, found 'tru'"],
    [
      '"a\nb"',
      2,
      'read JSON at line 1, column 3: expected a character of a string (control characters are escaped), found byte 0x0a',
    ],
    ['"a\\x"', 2, 'read JSON at line 1, column 3: expected an escape'],
    ['"\\u12g4"', 1, 'read JSON at line 1, column 2: expected an escape'],
    ['"abc', 4, "read JSON at line 1, column 5: expected a closing '\"', found the end"],
    ['[1] x', 4, "read JSON at line 1, column 5: expected the end, found 'x'"],
    [
      '{"a":1}\n{"a":2}',
      8,
      "read JSON at line 2, column 1: expected the end, found '{'; a file with a value on each line is ndjson",
    ],
    ['[01]', 1, "read number '01' at line 1, column 2: JSON has no leading zeros"],
    ['[1.]', 1, "read number '1.' at line 1, column 2"],
    ['-', 0, "read JSON at line 1, column 1: expected a value, found '-'"],
    ["{'a':1}", 1, "read JSON at line 1, column 2: expected a name in double quotes, found '''"],
  ])('%j', (text, offset, message) => {
    for (const options of [AS_WRITTEN, {}]) {
      const error = failureOf(() => read(text, options));
      expect(error.code).toBe('corrupt');
      expect(error.offset).toBe(offset);
      expect(error.message.startsWith(message), error.message).toBe(true);
    }
  });

  it.each([
    [[0x22, 0xff, 0x22], 1],
    [[0x22, 0x61, 0xc3, 0x22], 2],
    [[0x22, 0xc0, 0x80, 0x22], 1],
    [[0x22, 0xed, 0xa0, 0x80, 0x22], 1],
    [[0x22, 0xf5, 0x80, 0x80, 0x80, 0x22], 1],
    [[0x22, 0xe0, 0x80, 0x80, 0x22], 1],
    [[0x22, ...new Array<number>(500).fill(0x61), 0xc3, 0xa4, 0x80, 0x22], 503],
  ])('names the byte that is not UTF-8: %j', (bytes, offset) => {
    const error = failureOf(() => read(Uint8Array.from(bytes)));
    expect([error.code, error.offset]).toEqual(['corrupt', offset]);
    expect(error.message).toContain('is not UTF-8');
  });

  it('names UTF-16', () => {
    const utf16 = Uint8Array.from([0xff, 0xfe, ...[...'[1]'].flatMap((letter) => [letter.charCodeAt(0), 0])]);
    expect(failureOf(() => read(utf16))).toMatchObject({ code: 'unsupported', feature: 'encodings' });
    expect(failureOf(() => read(utf16.subarray(2)))).toMatchObject({
      code: 'unsupported',
      feature: 'encodings',
    });
  });

  it('refuses a million levels in bounded time', () => {
    for (const open of ['[', '{"a":', '[{"a":', '[1,']) {
      expect(failureOf(() => read(open.repeat(1_000_000))).code).toBe('limit');
    }
  });

  it('keeps the budget of items and bytes', async () => {
    const lab = createLab([json]);
    const limited = (text: string, budget: { items?: number; bytes?: number; depth?: number }) =>
      lab.decode(bytesOf(text), { format: 'json', budget });
    await expect(limited(`[${'1,'.repeat(1000)}1]`, { items: 500 })).rejects.toMatchObject({ code: 'limit' });
    await expect(limited(`[${'[],'.repeat(200_000)}[]]`, { bytes: 2 ** 20 })).rejects.toMatchObject({
      code: 'limit',
    });
    await expect(limited(`[${'1,'.repeat(200_000)}1]`, { bytes: 2 ** 20 })).rejects.toMatchObject({
      code: 'limit',
    });
    await expect(limited('[[[[["x"]]]]]', { depth: 4 })).rejects.toMatchObject({ code: 'limit' });
    await expect(limited('[[[[["x"]]]]]', { depth: 5 })).resolves.toEqual([[[[['x']]]]]);
  });
});

describe('the option nan', () => {
  const text = '[NaN, -Infinity, {"a": Infinity}]';

  it("reads Python's bare words", () => {
    expect(plain(text)).toEqual([Number.NaN, Number.NEGATIVE_INFINITY, { a: Number.POSITIVE_INFINITY }]);
  });

  it('refuses them, saying what accepts them', () => {
    for (const nan of ['null', 'refuse'] as const) {
      const error = failureOf(() => read(text, { nan }));
      expect([error.code, error.offset]).toEqual(['corrupt', 1]);
      expect(error.message).toContain("set 'nan' to 'python'");
    }
  });
});
