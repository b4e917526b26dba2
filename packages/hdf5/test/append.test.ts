import {
  bytesSink,
  concatArrays,
  createLab,
  firstDifference,
  isTable,
  ndarray,
  table,
  toRows,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { encodeHdf5, hdf5, openHdf5 } from '../src/index.js';

const lab = createLab([hdf5]);
const rows = (count: number, from = 0): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => from + i);

describe('appending to a dataset that can grow', () => {
  for (const compression of ['none', 'gzip'] as const) {
    it(`writes chunks behind the file and leaves the others alone: ${compression}`, async () => {
      const first = ndarray(rows(400_000), [40_000, 10]);
      const before = await encodeHdf5({ grows: first, other: 'text' }, { resizable: true, compression });
      const sink = bytesSink(before);
      const file = await lab.edit(sink, { format: 'hdf5', options: { compression } });
      const more = ndarray(rows(30, 400_000), [3, 10]);
      await file.append('/grows', more);
      const { written } = await file.commit();
      await file.close();
      expect(written).toBeLessThan(300_000);
      const [after] = await sink.read([{ at: 0, length: sink.size }]);
      // The superblock is switched; every other byte is what it was.
      expect(Buffer.compare(after!.subarray(48, before.byteLength), before.subarray(48))).toBe(0);
      const reader = await openHdf5(after!);
      expect(firstDifference(await reader.read('/grows'), concatArrays([first, more]))).toBeUndefined();
      expect(await reader.read('/other')).toBe('text');
      await reader.close();
    });
  }

  it('adds rows of a table with text, many times, also to a file that is one table', async () => {
    const some = (at: number): Value => table({ n: new Int32Array([at]), name: [`row ${at}`] });
    const bytes = await encodeHdf5(some(0), { resizable: true, chunks: [4] });
    const sink = bytesSink(bytes);
    for (let i = 1; i <= 20; i++) {
      const file = await lab.edit(sink, { format: 'hdf5' });
      await file.append('', some(i));
      await file.commit();
      await file.close();
    }
    const value = await lab.decode((await sink.read([{ at: 0, length: sink.size }]))[0]!, { format: 'hdf5' });
    expect(isTable(value) && toRows(value)).toEqual(
      Array.from({ length: 21 }, (_, i) => ({ n: i, name: `row ${i}` })),
    );
  });

  it('gathers appends of one commit, and settles them when the entry is changed otherwise', async () => {
    const sink = bytesSink(await encodeHdf5({ a: ndarray(rows(3)) }, { resizable: true }));
    const file = await lab.edit(sink, { format: 'hdf5' });
    await file.append('/a', ndarray(rows(1, 3)));
    await file.append('/a', ndarray(rows(1, 4)));
    await file.put('/b', 1);
    await file.append('/a', ndarray(rows(1, 5)));
    await file.commit();
    await file.close();
    const value = await lab.decode((await sink.read([{ at: 0, length: sink.size }]))[0]!, { format: 'hdf5' });
    expect(firstDifference(value, { a: ndarray(rows(6)), b: 1 })).toBeUndefined();
  });

  it('refuses rows of another width', async () => {
    const sink = bytesSink(await encodeHdf5({ a: ndarray(rows(6), [3, 2]) }, { resizable: true }));
    const file = await lab.edit(sink, { format: 'hdf5' });
    await expect((async () => file.append('/a', ndarray(rows(3), [1, 3])))()).rejects.toMatchObject({
      name: 'FormatError',
    });
    await file.close();
  });
});
