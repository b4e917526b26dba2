import { readdirSync, readFileSync } from 'node:fs';
import { createLab, isNDArray, isTable, scalarArray, toNested, toRows, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { hdf5 } from '../src/index.js';
import { KNOWN_FAILURES } from './known-failures.js';

const FOLDER = new URL('fixtures/', import.meta.url);
const ENGINES = ['native', 'h5wasm'] as const;
const lab = createLab([hdf5]);

/** What `make.py` tells of a dataset. */
interface Expected {
  readonly shape?: readonly number[];
  readonly values?: unknown;
  readonly fails?: string;
  readonly feature?: string;
}

const files = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.json'))
  .map((name) => name.slice(0, -'.json'.length));

for (const engine of ENGINES) {
  describe(`files of h5py, PyTables, pandas, netCDF4, read by ${engine}`, () => {
    for (const name of files) {
      it(name, async () => {
        const told = JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Record<
          string,
          Expected
        >;
        const file = await lab.open(readFileSync(new URL(name, FOLDER)), {
          format: 'hdf5',
          options: { engine },
        });
        for (const [path, expected] of Object.entries(told)) {
          const known = KNOWN_FAILURES.some(
            (failure) => failure.engine === engine && failure.file === name && failure.path === path,
          );
          if (known || expected.fails !== undefined) {
            await expect((async () => file.read(path))(), `${name}#${path}`).rejects.toMatchObject({
              code: known ? 'unsupported' : expected.fails,
              ...(expected.feature === undefined ? {} : { feature: expected.feature }),
            });
            continue;
          }
          const value = await file.read(path);
          const array = scalarArray(value) ?? value;
          if (isNDArray(array) && expected.shape !== undefined)
            expect(array.shape.slice(0, expected.shape.length), `${name}#${path}`).toEqual(expected.shape);
          expect(leavesOf(value).map(text), `${name}#${path}`).toEqual(
            leavesOf(expected.values as Value).map(text),
          );
        }
        await file.close();
      });
    }
  });
}

it('lists members in the order of their creation where it is kept', async () => {
  for (const name of ['dense-earliest.h5', 'dense-latest.h5']) {
    const file = await lab.open(readFileSync(new URL(name, FOLDER)), { format: 'hdf5' });
    const paths = (await file.entries())
      .map((entry) => entry.path)
      .filter((path) => path.startsWith('/many/'));
    expect(paths.slice(0, 3)).toEqual(['/many/n119', '/many/n118', '/many/n117']);
    const attributes = (await file.attributes?.('/many')) ?? {};
    expect(Object.keys(attributes).length).toBeGreaterThanOrEqual(60);
    await file.close();
  }
});

function leavesOf(value: Value | undefined): unknown[] {
  if (value === undefined || value === null) return ['null'];
  if (isTable(value)) return toRows(value).flatMap((row) => Object.values(row).flatMap(leavesOf));
  if (isNDArray(value)) {
    // Complex numbers are pairs.
    if (value.dtype.startsWith('complex')) return Array.from(value.data as ArrayLike<number>);
    return leavesOf(toNested(value));
  }
  if (value instanceof Uint8Array) return Array.from(value);
  if (Array.isArray(value)) return value.flatMap((item: Value) => leavesOf(item));
  return typeof value === 'object'
    ? Object.values(value).flatMap((item) => leavesOf(item as Value))
    : [value];
}

/** Numbers as JavaScript writes them; integers beyond 2^53 with all digits. */
function text(leaf: unknown): string {
  if (typeof leaf !== 'string') return Object.is(leaf, -0) ? '0' : String(leaf);
  if (/^-?inf$/.test(leaf)) return leaf.replace('inf', 'Infinity');
  if (/^-?\d+\.\d*(e[+-]?\d+)?$|^-?\d+e[+-]?\d+$/.test(leaf)) return text(Number(leaf));
  return leaf;
}
