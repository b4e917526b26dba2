import { createLab, isTable, NDArray, type Table, toRows } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { csv } from '../src/index.js';

const lab = createLab([csv]);

async function read(text: string | Uint8Array, options: Record<string, unknown> = {}): Promise<Table> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const value = await lab.decode(bytes, { format: 'csv', options });
  if (!isTable(value)) throw new Error('not a table');
  return value;
}

const typesOf = (of: Table): string =>
  of.columns
    .map(({ name, type, values }) => `${name}: ${(values as NDArray).dtype}${type.nullable ? '?' : ''}`)
    .join(', ');

const lateText = `n\n${Array.from({ length: 50_000 }, (_, i) => i).join('\n')}\nx\n`;

describe.each(['native', 'papaparse'])('types by %s', (engine) => {
  it.each([
    ['id,x\n007,1\n08,2\n', 'id: string, x: int64'],
    ['n\n9007199254740993\n-9223372036854775808\n', 'n: int64'],
    ['n\n9223372036854775808\n1\n', 'n: string'],
    ['x\nNaN\ninf\n-inf\n1.5\n', 'x: float64'],
    ['x\n1\n2.5\n', 'x: float64'],
    ['x\n1e400\n1\n', 'x: string'],
    ['x\n0.1000000000000000055\n', 'x: string'],
    ['v\n1\nx\n', 'v: string'],
    ['b\ntrue\nfalse\n', 'b: bool'],
    ['a,b\n1,\n,x\n', 'a: int64?, b: string?'],
    ['d\n2020-01-02\n2021-02-03\n', 'd: datetime64'],
    ['d\n01/02/2020\n', 'd: string'],
    ['a,a\n1,2\n', 'a: int64, a_2: int64'],
    ['a,b\r1,2\r3,4\r', 'a: int64, b: int64'],
    ['\ufeffa,b\n1,2\n', 'a: int64, b: int64'],
    ['a;b\n1,5;2\n', 'a: string, b: int64'],
    ['a\tb\n1\t2\n', 'a: int64, b: int64'],
    ['a|b\n1|2\n', 'a: int64, b: int64'],
    [lateText, 'n: string'],
  ])('%#: of the whole column', async (text, types) => {
    expect(typesOf(await read(text, { engine }))).toBe(types);
  });

  it('keeps integers of 64 bits to the last digit', async () => {
    const rows = toRows(await read('n\n9007199254740993\n-9223372036854775808\n', { engine }));
    expect(rows.map(({ n }) => n)).toEqual([9007199254740993n, -9223372036854775808n]);
  });

  it('keeps a column named __proto__', async () => {
    const [row] = toRows(await read('__proto__,a\n1,2\n', { engine }));
    expect(Object.keys(row!)).toEqual(['__proto__', 'a']);
  });

  it('refuses a row of another length, with its number', async () => {
    await expect(read('a,b\n1,2\n3\n', { engine })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('row 3'),
    });
  });

  it('refuses a quote that is never closed', async () => {
    await expect(read('a,b\n1,"2\n', { engine })).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('dialects', () => {
  it('reads UTF-16 by its mark, and windows-1252 where told', async () => {
    const utf16 = Uint8Array.from([0xff, 0xfe, ...Buffer.from('a,é\n1,2\n', 'utf16le')]);
    expect(typesOf(await read(utf16))).toBe('a: int64, é: int64');
    const latin = Uint8Array.from([0xe9, 0x0a, 0x80, 0x0a]);
    expect(toRows(await read(latin, { encoding: 'latin1', header: 'yes' }))).toEqual([{ é: '€' }]);
  });

  it('refuses bytes that are not UTF-8, with the place', async () => {
    await expect(read(Uint8Array.from([0x61, 0x0a, 0xff, 0x0a]), { header: 'yes' })).rejects.toMatchObject({
      code: 'corrupt',
      offset: 2,
    });
  });

  it('reads a comma as the decimal point where told', async () => {
    const rows = toRows(await read('x;y\n1,5;2\n-0,25;3\n', { decimal: ',' }));
    expect(rows).toEqual([
      { x: 1.5, y: 2n },
      { x: -0.25, y: 3n },
    ]);
  });

  it('takes given types before its own', async () => {
    const found = await read('id,x\n1,2\n', { types: { id: 'string', x: 'float32' } });
    expect(typesOf(found)).toBe('id: string, x: float32');
  });

  it('fills short rows, passes comments and reads words as null where told', async () => {
    expect(toRows(await read('a,b\n1\n', { ragged: 'fill' }))).toEqual([{ a: 1n, b: null }]);
    expect(toRows(await read('# made by hand\na,b\n1,NA\n2,3\n', { comments: '#', nulls: ['NA'] }))).toEqual([
      { a: 1n, b: null },
      { a: 2n, b: 3n },
    ]);
  });
});

describe('numbers of a matrix', () => {
  it('are those of Number(), among words, blanks lines and every line end', async () => {
    const text = '0.1,1e22,NaN\r\n-0.0,5e-324,inf\n\n123456789.125,1e-7,3.5\n';
    const value = await lab.decode(new TextEncoder().encode(text), {
      format: 'csv',
      options: { header: 'no' },
    });
    const numbers = [0.1, 1e22, Number.NaN, -0, 5e-324, Number.POSITIVE_INFINITY, 123456789.125, 1e-7, 3.5];
    expect(value).toBeInstanceOf(NDArray);
    expect([...((value as NDArray).data as Float64Array)]).toEqual(numbers);
  });

  it('fall back to text for the one cell that is none', async () => {
    const rows = Array.from({ length: 3000 }, (_, i) => `${i / 7},${i}`);
    rows[2500] = '1.5,x';
    const found = await read(`a,b\n${rows.join('\n')}\n`);
    expect(typesOf(found)).toBe('a: float64, b: string');
    expect(toRows(found)[2500]).toEqual({ a: 1.5, b: 'x' });
  });
});
