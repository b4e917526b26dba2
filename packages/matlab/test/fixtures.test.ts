import { readdirSync, readFileSync } from 'node:fs';
import {
  type DType,
  elementAt,
  firstDifference,
  isNDArray,
  isRecord,
  isTagged,
  type NDArray,
  toCOrder,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeMat, encodeMat } from '../src/index.js';

const folder = new URL('./fixtures/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.mat'));

interface Expected {
  readonly dtype?: DType;
  readonly shape?: readonly number[];
  readonly data?: readonly unknown[];
  readonly text?: string;
  readonly cells?: readonly Expected[];
  readonly fields?: Readonly<Record<string, Expected>>;
  readonly sparse?: readonly (readonly number[])[];
}

const expected = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')) as Readonly<
  Record<string, Expected>
>;

describe('files of SciPy and GNU Octave', () => {
  it.each(files)('%s holds what its maker was given', (file) => {
    const value = decodeMat(new Uint8Array(readFileSync(new URL(file, folder))));
    if (!isRecord(value)) throw new Error('no variables');
    for (const [name, of] of Object.entries(expected)) check(value[name]!, of, name);
  });

  it.each(files)('%s survives being written again', (file) => {
    const value = decodeMat(new Uint8Array(readFileSync(new URL(file, folder))));
    for (const version of ['5', '7'] as const) {
      const again = decodeMat(new Uint8Array(Buffer.concat(encodeMat(value, { version }))));
      expect(firstDifference(again, value)).toBeUndefined();
    }
  });

  it.each(files)('%s keeps its order when asked', (file) => {
    const bytes = new Uint8Array(readFileSync(new URL(file, folder)));
    const kept = decodeMat(bytes, { order: 'keep' }) as { readonly cube: NDArray };
    expect(kept.cube.order).toBe('F');
    expect(firstDifference(kept as Value, decodeMat(bytes))).toBeUndefined();
  });
});

function check(value: Value, of: Expected, name: string): void {
  if (of.text !== undefined) expect(value, name).toBe(of.text);
  else if (of.cells !== undefined) {
    if (!isNDArray(value)) throw new Error(`${name}: no cell array`);
    of.cells.forEach((item, i) => {
      check(value.data[i] as Value, item, `${name}{${i}}`);
    });
  } else if (of.fields !== undefined) {
    for (const [field, item] of Object.entries(of.fields))
      check((value as { readonly [name: string]: Value })[field]!, item, `${name}.${field}`);
  } else if (of.sparse !== undefined) {
    if (!isTagged(value)) throw new Error(`${name}: no sparse matrix`);
    expect((value.value as { readonly shape: Value }).shape).toEqual([
      of.sparse.length,
      of.sparse[0]!.length,
    ]);
    expect([...((value.value as { readonly data: NDArray }).data.data as Float64Array)]).toEqual([1, 3, 2.5]);
  } else {
    if (!isNDArray(value)) throw new Error(`${name}: no array`);
    expect([value.dtype, value.shape], name).toEqual([of.dtype, of.shape]);
    const found = Array.from({ length: value.size }, (_, i) => plain(elementAt(toCOrder(value), i)));
    expect(found, name).toEqual(of.data!.map(plain));
  }
}

function plain(item: unknown): unknown {
  if (isTagged(item)) return plain(item.value);
  if (Array.isArray(item)) return item.map(plain).join();
  return typeof item === 'string'
    ? item.replace(/^(-?)inf$/, '$1Infinity').replace('nan', 'NaN')
    : String(item);
}
