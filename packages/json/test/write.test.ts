import { createLab, ndarray, newRecord, Pairs, Tagged, type Value, withAttributes } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeJson, json } from '../src/index.js';
import { bytesOf, failureOf, lines, write } from './reading.js';

describe('numbers of trees', () => {
  it.each<[number | bigint, string]>([
    [1, '1'],
    [-7, '-7'],
    [0, '0'],
    [-0, '-0.0'],
    [1.5, '1.5'],
    [123456789012345, '123456789012345'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
    [2 ** 53, '9007199254740992.0'],
    [1e21, '1e21'],
    [1e-7, '1e-07'],
    [Number.MAX_VALUE, '1.7976931348623157e308'],
    [5e-324, '5e-324'],
    [2n ** 64n, '18446744073709551616'],
  ])('%s is written as %s and read back as it was', (value, text) => {
    const written = write(['x', value]);
    expect(written).toEqual({ text: `["x",${text}]`, losses: [] });
    expect(Object.is((decodeJson(bytesOf(written.text)) as Value[])[1], value)).toBe(true);
  });

  it('are not finite: bare words, null or refused', () => {
    const value = { a: Number.NaN, b: ['x', Number.NEGATIVE_INFINITY] };
    expect(write(value)).toEqual({ text: '{"a":NaN,"b":["x",-Infinity]}', losses: [] });
    const asNull = write(value, { nan: 'null' });
    expect(asNull.text).toBe('{"a":null,"b":["x",null]}');
    expect(lines(asNull.losses)).toEqual(["nan at '/a': NaN -> null", "nan at '/b/1': -Infinity -> null"]);
    expect(failureOf(() => write(value, { nan: 'refuse' }))).toMatchObject({
      code: 'unsupported',
      path: '/a',
    });
  });

  it('are reported where a small bigint becomes a number', () => {
    expect(lines(write({ x: 1n, y: 'a' }).losses)).toEqual(["type at '/x': bigint -> number"]);
    expect(write({ x: 2n ** 53n, y: 'a' }).losses).toEqual([]);
  });
});

describe('strings', () => {
  it.each([
    'plain',
    '',
    '"\\/',
    '\0\b\f\n\r\t\u001f',
    '\u007f\u0080\u2028',
    'größe',
    '日本',
    '😀',
    '\ud800',
    'a\udc00b',
    '\udfff\ud800',
    'x'.repeat(100),
    `${'x'.repeat(100)}"`,
    `${'ü'.repeat(100)}\ud83d`,
    `${'😀'.repeat(50)}\n`,
    'é'.repeat(64),
    '€'.repeat(65),
  ])('%j comes back as it was', (text) => {
    const { text: written, losses } = write([text, { [text]: 'x' }]);
    expect(losses).toEqual([]);
    expect(decodeJson(bytesOf(written))).toEqual([text, { [text]: 'x' }]);
    expect(JSON.parse(written)).toEqual([text, { [text]: 'x' }]);
  });
});

describe('what JSON has no type for', () => {
  it('is written as what is nearest, and reported', () => {
    const value = {
      date: new Date(0),
      never: new Date(Number.NaN),
      bytes: Uint8Array.of(1, 2, 3),
      tuple: new Tagged('tuple', [1, 'a']),
      pairs: new Pairs([
        [1, 'one'],
        [null, 2],
      ]),
      zero: ndarray(BigInt64Array.of(3n), []),
    };
    const { text, losses } = write(value);
    expect(JSON.parse(text)).toEqual({
      date: '1970-01-01T00:00:00.000Z',
      never: null,
      bytes: 'AQID',
      tuple: [1, 'a'],
      pairs: [
        [1, 'one'],
        [null, 2],
      ],
      zero: 3,
    });
    expect(lines(losses)).toEqual([
      "type at '/date': date -> ISO string",
      "type at '/never': invalid date -> null",
      "type at '/bytes': bytes -> base64 string",
      "type at '/tuple': tagged 'tuple' -> its value",
      "type at '/pairs': pairs -> list of lists",
      "type at '/zero': bigint -> number",
    ]);
  });

  it('is refused under strict', async () => {
    const lab = createLab([json]);
    await expect(lab.encode({ a: { b: new Date(0) } }, 'json', { strict: true })).rejects.toMatchObject({
      code: 'lossy',
      path: '/a/b',
    });
  });

  it('reports attributes of records', () => {
    const record = withAttributes(Object.assign(newRecord(), { a: 'x' }), { unit: 'm' });
    expect(lines(write(record).losses)).toEqual(["attributes at '': attributes -> nothing"]);
  });
});

describe('depth', () => {
  it('is bounded as for reading', () => {
    let value: Value = 'bottom';
    for (let i = 0; i < 500; i++) value = [value];
    expect(decodeJson(bytesOf(write(value).text))).toEqual(value);
    expect(failureOf(() => write([value])).code).toBe('limit');
  });

  it('does not end in a cycle', () => {
    const cycle: { [name: string]: Value } = {};
    cycle['self'] = [cycle];
    expect(['unsupported', 'limit']).toContain(failureOf(() => write(cycle)).code);
  });
});

describe('layout', () => {
  it('is one line, or indented', () => {
    const value = { a: ['x', {}], b: newRecord(), c: { d: null } };
    expect(write(value).text).toBe('{"a":["x",{}],"b":{},"c":{"d":null}}');
    for (const indent of [1, 2, 10])
      expect(write(value, { indent }).text).toBe(JSON.stringify(value, null, indent));
  });

  it('comes in pieces where it is large', async () => {
    const value = Array.from({ length: 300_000 }, (_, i) => `item ${i}`);
    const bytes = await createLab([json]).encode(value, 'json');
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(value);
  });
});
