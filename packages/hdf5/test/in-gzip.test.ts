import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { countingSource, createLab, fileSource, firstDifference, joinBytes, ndarray } from '@formatlab/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeHdf5, hdf5 } from '../src/index.js';

const ARRAYS = 200;
const VALUES = 10_000;
const lab = createLab([hdf5]);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hdf5-gzip-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('an array of a file inside gzip is found by an index, without the rest', {
  timeout: 120_000,
}, async () => {
  const arrays = Object.fromEntries(
    Array.from({ length: ARRAYS }, (_, n) => [
      `a${n}`,
      ndarray(Float64Array.from({ length: VALUES }, (_, i) => Math.sin(n * VALUES + i))),
    ]),
  );
  const packed = gzipSync(joinBytes(await encodeHdf5(arrays)), { level: 1 });
  const path = join(folder, 'a.h5.gz');
  writeFileSync(path, packed);
  await lab.index(path);
  const read = async (index: boolean) => {
    const { source, counts } = countingSource(fileSource(path));
    const file = await lab.open(source, { index });
    const value = await file.read('/a100', { slice: '5000:5010' });
    await file.close();
    return { value, bytes: counts.bytesRead };
  };
  const [found, whole] = [await read(true), await read(false)];
  const expected = ndarray(Float64Array.from({ length: 10 }, (_, i) => Math.sin(100 * VALUES + 5000 + i)));
  expect(firstDifference(found.value, expected)).toBeUndefined();
  expect(firstDifference(whole.value, expected)).toBeUndefined();
  expect(found.bytes).toBeLessThan(0.5 * packed.length);
  expect(whole.bytes).toBeGreaterThanOrEqual(packed.length);
});
