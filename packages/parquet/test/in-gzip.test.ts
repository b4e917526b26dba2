import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  countingSource,
  createLab,
  fileSource,
  firstDifference,
  joinBytes,
  ndarray,
  sliceTable,
  type Table,
  table,
} from '@formatlab/core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeParquet, parquet } from '../src/index.js';

const ROWS = 1_000_000;
const lab = createLab([parquet]);
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-gzip-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('rows of a file inside gzip are found by an index, without the rest', { timeout: 120_000 }, async () => {
  const rows = table({
    id: ndarray(Int32Array.from({ length: ROWS }, (_, i) => (i * 2_654_435_761) | 0)),
    x: ndarray(Float64Array.from({ length: ROWS }, (_, i) => Math.sin(i))),
  });
  const packed = gzipSync(joinBytes(await encodeParquet(rows, { compression: 'none' })), { level: 1 });
  const path = join(folder, 'a.parquet.gz');
  writeFileSync(path, packed);
  await lab.index(path);
  const slice = '500000:500003';
  const read = async (index: boolean): Promise<{ value: Table; bytes: number }> => {
    const { source, counts } = countingSource(fileSource(path));
    const file = await lab.open(source, { index });
    const value = (await file.read('', { slice, columns: ['x'] })) as Table; // it is one
    await file.close();
    return { value, bytes: counts.bytesRead };
  };
  const [found, whole] = [await read(true), await read(false)];
  expect(firstDifference(found.value, sliceTable(rows, { slice, columns: ['x'] }))).toBeUndefined();
  expect(firstDifference(whole.value, found.value)).toBeUndefined();
  expect(found.bytes).toBeLessThan(0.6 * packed.length);
  expect(whole.bytes).toBeGreaterThanOrEqual(packed.length);
});
