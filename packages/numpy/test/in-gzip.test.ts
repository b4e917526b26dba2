import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { countingSource, createLab, fileSource, firstDifference, joinBytes, ndarray } from '@formatlab/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeNpz, numpy } from '../src/index.js';

const ARRAYS = 200;
const VALUES = 10_000;
const lab = createLab([numpy]);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'npz-gzip-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('a member of an npz inside gzip is found by an index, without the rest', {
  timeout: 120_000,
}, async () => {
  const arrays = Object.fromEntries(
    Array.from({ length: ARRAYS }, (_, n) => [
      `a${n}`,
      ndarray(Float64Array.from({ length: VALUES }, (_, i) => Math.sin(n * VALUES + i))),
    ]),
  );
  const packed = gzipSync(joinBytes(encodeNpz(arrays)), { level: 1 });
  const path = join(folder, 'a.npz.gz');
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
