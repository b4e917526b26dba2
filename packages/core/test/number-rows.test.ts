import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IS_FLOAT, NumberRows, NumberScanner } from '../src/index.js';
import { MODULE } from '../src/numbers/number-rows-module.js';
import { compile } from '../wasm/build.mjs';

const COMMA = 0x2c;

function over(bytes: Uint8Array): NumberRows {
  const rows = NumberRows.over(bytes);
  if (rows === undefined) throw new Error('Node has WebAssembly');
  return rows;
}

/** Reads a file of rows as a user of the class does: what is not read fast is read by the scanner. */
function readAll(text: string, columns: number): { values: number[]; slow: string[]; floats: number[] } {
  const bytes = new TextEncoder().encode(text);
  const fast = over(bytes);
  const scanner = new NumberScanner(bytes);
  const out = new Float64Array(bytes.length + 1);
  const floats = new Uint8Array(columns);
  const slow: string[] = [];
  let at = 0;
  let column = 0;
  let count = 0;
  while (at < bytes.length) {
    const read = fast.rows(at, column, COMMA, floats, out, count);
    count += read;
    at = fast.at;
    column = fast.column;
    if (read > 0 || at >= bytes.length) continue;
    scanner.at = at;
    const kind = scanner.scan(out, count);
    if (kind === 0) throw new Error(`no number at ${at}`);
    slow.push(text.slice(at, scanner.at));
    if ((kind & IS_FLOAT) !== 0) floats[column] = 1;
    count++;
    at = scanner.at + 1;
    column = (column + 1) % columns;
  }
  return { values: [...out.subarray(0, count)], slow, floats: [...floats] };
}

/** Bits, so that -0 and 0 differ. */
const bits = (values: readonly number[]): bigint[] => [
  ...new BigUint64Array(Float64Array.from(values).buffer),
];

let seed = 42;
function random(): number {
  seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
  return seed / 2 ** 32;
}

describe('the module', () => {
  it('is what its source compiles to', async () => {
    expect(Buffer.from(await compile()).toString('base64')).toBe(MODULE);
    expect(readFileSync(new URL('../wasm/number-rows.assembly', import.meta.url), 'utf8')).toContain(
      'scanRows',
    );
  });
});

describe('rows', () => {
  it('reads what Number() reads, to the bit, of 400,000 random doubles in every notation', () => {
    const words = new Uint32Array(2);
    const texts = Array.from({ length: 400_000 }, (_, i) => {
      words[0] = random() * 2 ** 32;
      words[1] = random() * 2 ** 32;
      const any = new Float64Array(words.buffer)[0]!;
      const value = Number.isFinite(any) ? any : random();
      switch (i % 5) {
        case 0:
          return String(value);
        case 1:
          return String(random());
        case 2:
          return (random() * 10 ** (i % 12)).toFixed(i % 9);
        case 3:
          return random().toExponential(i % 17);
        default:
          return String(Math.floor((random() - 0.5) * 10 ** (i % 16)));
      }
    });
    const lines = Array.from({ length: 400 }, (_, row) =>
      texts.slice(row * 1000, (row + 1) * 1000).join(','),
    );
    const { values, slow } = readAll(`${lines.join('\n')}\n`, 1000);
    expect(bits(values)).toEqual(bits(texts.map(Number)));
    // What lies outside of the table of powers, and a few that are not certain.
    expect(slow.length).toBeLessThan(25_000);
  });

  it.each([
    ['1,2\n3,4\n', 2, [1, 2, 3, 4], [], [0, 0]],
    ['1,2\r\n3,4', 2, [1, 2, 3, 4], [], [0, 0]],
    ['1.5,-2\n-0,4\n', 2, [1.5, -2, -0, 4], [], [1, 0]],
    ['0,-0.0\n', 2, [0, -0], [], [0, 1]],
    ['1e3,1E-3\n', 2, [1000, 0.001], [], [1, 1]],
    ['9007199254740991,9007199254740993.5\n', 2, [9007199254740991, 9007199254740994], [], [0, 1]],
  ])('%j', (text, columns, values, slow, floats) => {
    const found = readAll(text, columns);
    expect(bits(found.values)).toEqual(bits(values));
    expect(found.floats).toEqual(floats);
    if (text.includes('.5\n')) expect(found.slow.length).toBeLessThanOrEqual(1);
    else expect(found.slow).toEqual(slow);
  });

  it.each([
    '+1',
    '01',
    '.5',
    '5.',
    '9007199254740993',
    '1e400',
    '1e99999',
    '12345678901234567890.5',
    '0.10000000000000001234',
    '90071992547409.93',
  ])('leaves %s to the scanner', (text) => {
    expect(readAll(`${text}\n1\n`, 1).slow).toEqual([text]);
  });

  it('counts the digits behind leading zeros only', () => {
    const text = '0.00000000000123456789';
    expect(readAll(`${text}\n`, 1)).toEqual({ values: [Number(text)], slow: [], floats: [1] });
  });

  it.each(['1;2\n', '1 ,2\n', '"1",2\n', 'x,2\n', '1\n', ',2\n'])('stops before %j', (text) => {
    const bytes = new TextEncoder().encode(text);
    const fast = over(bytes);
    const out = new Float64Array(4);
    const count = fast.rows(0, 0, COMMA, new Uint8Array(2), out, 0);
    expect([count, fast.at]).toEqual([0, 0]);
  });

  it('goes on where a block ends within a number, for every place of the end', () => {
    const row = '0.123456789,12,-3.5e-7\r\n';
    const text = row.repeat(9000);
    const { values, slow } = readAll(text, 3);
    expect(values.length).toBe(27_000);
    expect(new Set(values)).toEqual(new Set([0.123456789, 12, -3.5e-7]));
    expect(slow).toEqual([]);
  });

  it('reads nothing of two files for one another', () => {
    const a = over(new TextEncoder().encode('1,2,3\n'));
    const b = over(new TextEncoder().encode('7,8,9\n'));
    const out = new Float64Array(3);
    a.rows(0, 0, COMMA, new Uint8Array(3), out, 0);
    b.rows(0, 0, COMMA, new Uint8Array(3), out, 0);
    expect([...out]).toEqual([7, 8, 9]);
    a.rows(0, 0, COMMA, new Uint8Array(3), out, 0);
    expect([...out]).toEqual([1, 2, 3]);
  });
});

describe('lists', () => {
  const list = (text: string): [number[], number, boolean] => {
    const bytes = new TextEncoder().encode(text);
    const fast = over(bytes);
    const out = new Float64Array(64);
    const count = fast.list(0, out, 0);
    return [[...out.subarray(0, count)], fast.at, fast.expectsNumber];
  };

  it('ends behind the last number', () => {
    expect(list('1, 2.5,\n\t-3]')).toEqual([[1, 2.5, -3], 11, false]);
    expect(list('1]')).toEqual([[1], 1, false]);
    expect(list('1 ,2]')).toEqual([[1], 1, false]);
  });

  it('stops before what is no plain number', () => {
    expect(list('1,null]')).toEqual([[1], 2, true]);
    expect(list('1,9007199254740993]')).toEqual([[1], 2, true]);
    expect(list('null]')).toEqual([[], 0, true]);
  });

  it('tells whether there were fractions', () => {
    const fast = over(new TextEncoder().encode('1,2]'));
    fast.list(0, new Float64Array(2), 0);
    expect(fast.hasFloats).toBe(false);
    const other = over(new TextEncoder().encode('1,2.0]'));
    other.list(0, new Float64Array(2), 0);
    expect(other.hasFloats).toBe(true);
  });
});
