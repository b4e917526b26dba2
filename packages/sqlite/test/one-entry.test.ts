import { readFileSync, statSync } from 'node:fs';
import {
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  type NDArray,
  ndarray,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
import { testFolder } from './folder.js';

const lab = createLab([sqlite]);
const at = testFolder();

describe('one of many entries', () => {
  const many = (): Readonly<Record<string, NDArray>> =>
    Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`a${i}`, ndarray(new Float64Array(1000).fill(i), [10, 100])]),
    );

  it('is read by the index, on a source that takes its time too', async () => {
    const file = await lab.encode(many(), 'sqlite');
    const { readSync: _sync, readInto: _into, ...slow } = bytesSource(file, 'slow.sqlite');
    for (const inner of [bytesSource(file, 'file.sqlite'), slow]) {
      const { source, counts } = countingSource(inner);
      const reader = await lab.open(source);
      counts.bytesRead = 0;
      const value = await reader.read('/a123');
      expect(firstDifference(value, many().a123!)).toBeUndefined();
      expect(counts.bytesRead).toBeLessThan(40_000);
      counts.bytesRead = 0;
      await reader.read('/a200', { slice: '9' });
      expect(counts.bytesRead).toBeLessThan(24_000);
      await reader.close();
    }
  });

  it('is read whole and in part where its pages are scattered', async () => {
    const path = at('scattered.sqlite');
    await lab.save(path, many());
    const file = await lab.edit(path);
    for (let i = 0; i < 300; i += 3) await file.remove(`/a${i}`);
    const large = ndarray(
      Float64Array.from({ length: 60_000 }, (_, i) => i / 7),
      [600, 100],
    );
    await file.put('/large', large);
    await file.commit();
    await file.close();
    const bytes = readFileSync(path);
    const { readSync: _sync, readInto: _into, ...slow } = bytesSource(bytes, 'slow.sqlite');
    for (const source of [path, bytesSource(bytes, 'file.sqlite'), slow]) {
      const reader = await lab.open(source);
      expect(firstDifference(await reader.read('/large'), large)).toBeUndefined();
      const rows = await reader.read('/large', { slice: '100:110' });
      expect((rows as NDArray).data).toEqual(large.data.slice(10_000, 11_000));
      await reader.close();
    }
  });

  it('is replaced in its place', async () => {
    const path = at('many.sqlite');
    await lab.save(path, many());
    const { size } = statSync(path);
    const file = await lab.edit(path);
    await file.put('/a7', ndarray(new Float64Array(1000).fill(-1), [10, 100]));
    const commit = await file.commit();
    await file.close();
    expect(statSync(path).size).toBe(size);
    expect(commit.written).toBeLessThan(100_000);
    expect(firstDifference(await lab.load(`${path}#/a7[0,0]`), -1)).toBeUndefined();
  });
});
