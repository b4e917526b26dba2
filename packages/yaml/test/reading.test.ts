import { createLab, isNDArray, isTable, type Loss, ndarray, Pairs, Tagged } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeYaml, encodeYaml, type YamlOptions, yaml } from '../src/index.js';

const lab = createLab([yaml]);
const read = (text: string, options?: YamlOptions) => decodeYaml(new TextEncoder().encode(text), options);

describe('what text means', () => {
  it('is the core schema of 1.2 unless 1.1 is asked for', () => {
    const text = '[yes, 017, 0o17, 2024-02-29, 1_000, 12:30, 1e3]';
    expect(read(text)).toEqual(['yes', 17, 15, '2024-02-29', '1_000', '12:30', 1000]);
    expect(read(text, { version: '1.1' })).toEqual([
      true,
      15,
      '0o17',
      new Date('2024-02-29'),
      1000,
      750,
      '1e3',
    ]);
    expect(read('%YAML 1.1\n---\nyes\n')).toBe(true);
  });

  it('keeps every digit of integers', () => {
    expect(read('9007199254740993')).toBe(9007199254740993n);
    expect(read('{a: [1, x, 123456789012345678901234567890]}')).toEqual({
      a: [1, 'x', 123456789012345678901234567890n],
    });
  });

  it('keeps keys that are no text, and __proto__ as a name', () => {
    expect(read('1: a\n[b]: c')).toEqual(
      new Pairs([
        [1, 'a'],
        [['b'], 'c'],
      ]),
    );
    expect(Object.keys(read('__proto__: {x: 1}') as object)).toEqual(['__proto__']);
  });

  it('keeps times finer than milliseconds as text', () => {
    expect(read('!!timestamp 2024-02-29 00:00:00.123456')).toEqual(
      new Tagged('timestamp', '2024-02-29 00:00:00.123456'),
    );
    expect(read('!!timestamp 2024-02-29 00:00:00.123')).toEqual(new Date('2024-02-29T00:00:00.123Z'));
  });
});

describe('arrays and tables', () => {
  it('tells floats from integers by how they are written', () => {
    expect(read('[1.0, 2.0]')).toMatchObject({ dtype: 'float64' });
    expect(read('[1, 2]')).toMatchObject({ dtype: 'int64' });
    expect(read('- {x: 1.0}\n- {x: 2}')).toMatchObject({ columns: [{ type: { dtype: 'float64' } }] });
  });

  it('are looked for at the root and where all its members are some', () => {
    expect(isNDArray(read('[[1, 2], [3, 4]]'))).toBe(true);
    expect(isTable(read('- {a: 1, b: x}\n- {b: y, a: 2}'))).toBe(true);
    expect(read('ports: [80, 443]\nname: x')).toEqual({ ports: [80, 443], name: 'x' });
    expect(read('[[1, 2], [3]]')).toEqual([[1, 2], [3]]);
    expect(read('a: {b: [1]}', { arrays: 'always' })).toMatchObject({ a: { b: { shape: [1] } } });
    expect(read('[1]', { arrays: 'never' })).toEqual([1]);
  });

  it('do not round an integer among floats', () => {
    expect(read('[9007199254740993, 0.5]')).toEqual([9007199254740993n, 0.5]);
  });
});

describe('documents', () => {
  it('are a list where there are several', () => {
    expect(read('--- a\n--- b\n')).toEqual(['a', 'b']);
    expect(read('--- a\n', { documents: 'list' })).toEqual(['a']);
    expect(read('')).toBe(null);
    expect(() => read('--- a\n--- b\n', { documents: 'one' })).toThrow(/has 2/);
  });

  it('are written one for each item', () => {
    const text = new TextDecoder().decode(encodeYaml([{ a: 1 }, 'b'], { documents: 'list' }));
    expect(text).toBe('---\na: 1\n---\nb\n');
    expect(() => encodeYaml({ a: 1 }, { documents: 'list' })).toThrow(/no list/);
  });
});

describe('bounds', () => {
  it('refuses a billion laughs', () => {
    let text = 'a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n';
    for (let i = 1; i < 12; i++) text += `a${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}]\n`;
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'limit' }));
  });

  it('refuses the same by merged maps', () => {
    let text = `m0: &m0 {${Array.from({ length: 500 }, (_, i) => `k${i}: 1`).join(', ')}}\n`;
    for (let i = 1; i < 40; i++) text += `m${i}: &m${i} {<<: [${`*m${i - 1}, `.repeat(60)}*m0]}\n`;
    expect(() => read(text)).toThrow(expect.objectContaining({ code: 'limit' }));
  });

  it.each(['['.repeat(100_000), '{a: '.repeat(100_000), '- '.repeat(100_000), '? '.repeat(100_000)])(
    'refuses what is nested too deep',
    (text) => {
      expect(() => read(text)).toThrow(expect.objectContaining({ code: 'limit' }));
    },
  );

  it('refuses an alias within its own anchor, and one without any', () => {
    expect(() => read('&a [*a]')).toThrow(/alias '\*a'/);
    expect(() => read('[*b]')).toThrow(/alias '\*b'/);
  });

  it('says line, column and byte offset', () => {
    expect(() => read('é: 1\r\nb: [1,\r\n')).toThrow(
      expect.objectContaining({
        code: 'corrupt',
        offset: 15,
        message: expect.stringMatching(/line 3, column 1/),
      }),
    );
    expect(() => read('a: 1\na: 2')).toThrow(/'a' stands twice/);
    expect(() => read('!formatlab/ndarray {dtype: float64, shape: [2], data: !!binary AAAA}')).toThrow(
      /16 bytes/,
    );
  });
});

describe('writing', () => {
  it('is what people write by hand', () => {
    const value = {
      name: 'a: b',
      list: [1, 2.5, null],
      rows: [{ x: 1, z: ['a', 'no'] }],
      empty: {},
      text: 'a\nb\n',
    };
    expect(new TextDecoder().decode(encodeYaml(value))).toBe(
      "name: 'a: b'\nlist: [1, 2.5, null]\nrows:\n  - x: 1\n    z:\n      - a\n      - 'no'\nempty: {}\ntext: |\n  a\n  b\n",
    );
  });

  it('reports what reading back will not give', async () => {
    const losses: Loss[] = [];
    encodeYaml({ a: ndarray(Float32Array.of(1)), b: 'x', c: [1n] }, {}, (loss) => losses.push(loss));
    expect(losses.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['/a dtype', '/a type', '/c/0 type']);
    await expect(lab.encode([1, 2], 'yaml', { strict: true })).rejects.toThrow(
      expect.objectContaining({ code: 'lossy' }),
    );
  });

  it('refuses a key that stands twice', () => {
    expect(() =>
      encodeYaml(
        new Pairs([
          [1, 'a'],
          [1, 'b'],
        ]),
      ),
    ).toThrow(/'1' stands twice/);
  });
});
