import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ndarray } from '@formatlab/core';
import { afterAll, describe, expect, it } from 'vitest';
import { check } from '../src/check.js';
import { counter } from '../src/counter.js';
import { lab } from '../src/lab.js';
import { manyArrays } from '../src/many-arrays.js';
import { scalars } from '../src/scalars.js';
import { singleArray } from '../src/single-array.js';

const folder = mkdtempSync(join(tmpdir(), 'chapter-'));
afterAll(() => rmSync(folder, { recursive: true }));

const named = lab.formats.all.filter(
  (format) => format.can.roots.includes('entries') || format.can.roots.includes('tree'),
);
const withArrays = lab.formats.all.filter((format) => format.can.roots.includes('array'));
const fileOf = (name: string, id: string): string =>
  join(folder, `${name}${id === 'numpy' ? '.npz' : lab.formats.get(id).extensions[0]}`);

function recorder(): { print: (...parts: unknown[]) => void; lines: string[] } {
  const lines: string[] = [];
  return { lines, print: (...parts) => lines.push(parts.join(' ')) };
}

describe.each(named.map((format) => format.id))('%s', (id) => {
  it('scalars: both come back under their names', async () => {
    const { print, lines } = recorder();
    await scalars(fileOf('scalars', id), print);
    expect(lines.sort()).toEqual(['/a 23', '/b 19']);
  });

  it('counter: counts up from run to run', async () => {
    const path = fileOf('counter', id);
    await counter(path, ['apples', 'pears'], () => {});
    await counter(path, ['apples'], () => {});
    const { print, lines } = recorder();
    await counter(path, [], print);
    expect(lines.sort()).toEqual(['apples: 2', 'pears: 1']);
  });
});

describe.each(withArrays.map((format) => format.id))('%s', (id) => {
  it('check: prints the array and its first row', async () => {
    const path = join(folder, `check${lab.formats.get(id).extensions[0]}`);
    const data = ndarray(new Float64Array([1, 2, 3, 4, 5, 6]), [2, 3]);
    await lab.save(path, named.some((format) => format.id === id) && id !== 'numpy' ? { data } : data);
    const { print, lines } = recorder();
    await check(path, print);
    expect(lines).toEqual([
      'rows 2, type float64, size 6, shape 2×3',
      'rows 3, type float64, size 3, shape 3',
    ]);
  });
});

it('single-array: every format that claims arrays gives the same one back, plain and under gzip', async () => {
  const { print, lines } = recorder();
  await singleArray(folder, 20, 30, print);
  expect(lines.filter((line) => line.endsWith(', the same'))).toHaveLength(2 * withArrays.length);
  expect(lines.some((line) => line.includes('NOT'))).toBe(false);
});

it('many-arrays: every format that claims named arrays gives them back, together and one at a time', async () => {
  const { print, lines } = recorder();
  await manyArrays(folder, 5, 4, 3, print);
  expect(lines.filter((line) => line.includes(', the same'))).toHaveLength(named.length);
  expect(lines.some((line) => line.includes('NOT'))).toBe(false);
});
