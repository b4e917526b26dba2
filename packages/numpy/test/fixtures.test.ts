import { readdirSync, readFileSync } from 'node:fs';
import { createLab, firstDifference, isNDArray, newRecord, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { numpy } from '../src/index.js';
import { type Expected, toValue } from './expected.js';

const folder = new URL('./fixtures/', import.meta.url);
const lab = createLab([numpy]);
const files = readdirSync(folder).filter((file) => /\.np[yz]$/.test(file));

describe('files that NumPy wrote', () => {
  it.each(files)('%s holds what NumPy says', async (file) => {
    const expected = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as
      | Expected
      | Record<string, Expected>;
    const loaded = await lab.load(new URL(file, folder).pathname);
    expect(
      firstDifference(
        loaded,
        file.endsWith('.npz') ? entries(expected as Record<string, Expected>) : toValue(expected as Expected),
      ),
    ).toBeUndefined();
  });

  it.each(files.filter((file) => file.endsWith('.npy')))('%s keeps its order when asked', async (file) => {
    const kept = await lab.load(new URL(file, folder).pathname, { options: { order: 'keep' } });
    const turned = await lab.load(new URL(file, folder).pathname);
    if (file.includes('fortran')) expect(isNDArray(kept) && kept.order).toBe('F');
    expect(firstDifference(kept, turned)).toBeUndefined();
  });

  it.each(
    files.filter(
      (file) => file.endsWith('.npy') && !/-be|fortran|void|version|aligned|structured/.test(file),
    ),
  )('%s is written back byte for byte', async (file) => {
    const bytes = readFileSync(new URL(file, folder));
    const again = await lab.encode(await lab.load(new URL(file, folder).pathname), 'numpy');
    expect(Buffer.from(again).equals(bytes)).toBe(true);
  });
});

function entries(expected: Record<string, Expected>): Value {
  return Object.assign(
    newRecord(),
    Object.fromEntries(Object.entries(expected).map(([name, entry]) => [name, toValue(entry)])),
  );
}
