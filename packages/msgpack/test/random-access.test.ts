import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  type NDArray,
  ndarray,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { decodeMsgpack, encodeMsgpack, msgpack } from '../src/index.js';

const lab = createLab([msgpack]);

const root: Record<string, Value> = {
  first: ndarray(
    Float64Array.from({ length: 20_000 }, (_, i) => i / 3),
    [200, 100],
  ),
  deep: { list: ['a', { inside: 7 }], text: 'ü' },
  rows: table({ id: BigInt64Array.from({ length: 5000 }, (_, i) => BigInt(i)), x: new Float64Array(5000) }),
  last: ndarray(Int32Array.of(1, 2, 3)),
};

describe('reading one of many', () => {
  it('reads headers and that entry alone', async () => {
    const { source, counts } = countingSource(bytesSource(encodeMsgpack(root)));
    const file = await lab.open(source, { format: 'msgpack' });
    expect(firstDifference(root.last!, await file.read('/last'))).toBeUndefined();
    expect(counts.bytesRead).toBeLessThan(8_000);
  });

  it('reads the rows of a slice alone', async () => {
    const { source, counts } = countingSource(bytesSource(encodeMsgpack(root)));
    const file = await lab.open(source, { format: 'msgpack' });
    const slice = (await file.read('/first', { slice: '150:152,::50' })) as NDArray;
    expect(slice.shape).toEqual([2, 2]);
    expect([...(slice.data as Float64Array)]).toEqual([15_000, 15_050, 15_100, 15_150].map((i) => i / 3));
    expect(counts.bytesRead).toBeLessThan(10_000);
  });

  it('goes through records and lists', async () => {
    const file = await lab.open(encodeMsgpack(root), { format: 'msgpack' });
    expect(await file.read('/deep/list/1/inside')).toBe(7);
    await expect(file.read('/deep/nothing')).rejects.toMatchObject({
      code: 'not-found',
      path: '/deep/nothing',
    });
  });

  it('picks columns and rows of a table', async () => {
    const file = await lab.open(encodeMsgpack(root), { format: 'msgpack' });
    const part = await file.read('/rows', { slice: '10:12', columns: ['id'] });
    expect(firstDifference(part, table({ id: BigInt64Array.of(10n, 11n) }))).toBeUndefined();
  });
});

describe('adding and replacing', () => {
  it('writes a new entry behind the others and the count in the header', async () => {
    const sink = bytesSink(encodeMsgpack(root));
    const before = sink.size;
    const file = await lab.edit(sink, { format: 'msgpack' });
    await file.put('/added', ndarray(Float64Array.of(1, 2)));
    const { written, rewritten } = await file.commit();
    expect(rewritten).toBeLessThanOrEqual(5);
    expect(written).toBe(sink.size - before + rewritten);
    const back = decodeMsgpack(sink.bytes());
    expect(
      firstDifference({ ...root, added: ndarray(Float64Array.of(1, 2)) } as Value, back),
    ).toBeUndefined();
  });

  it('writes one of the same size in its place', async () => {
    const sink = bytesSink(encodeMsgpack(root));
    const before = sink.size;
    const file = await lab.edit(sink, { format: 'msgpack' });
    await file.put('/last', ndarray(Int32Array.of(7, 8, 9)));
    const { rewritten } = await file.commit();
    expect(sink.size).toBe(before);
    expect(rewritten).toBeLessThan(200);
    const back = decodeMsgpack(sink.bytes()) as Record<string, NDArray>;
    expect([...(back.last!.data as Int32Array)]).toEqual([7, 8, 9]);
  });
});
