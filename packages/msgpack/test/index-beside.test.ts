import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  ndarray,
  type ReadSelection,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { encodeMsgpack, msgpack } from '../src/index.js';

const lab = createLab([msgpack]);
const EVERY = 1024;

const root: Record<string, Value> = {};
for (let i = 0; i < 300; i++)
  root[`array${i}`] = ndarray(
    Float64Array.from({ length: 60 }, (_, j) => i + j / 3),
    [6, 10],
  );
root.deep = {
  list: Array.from({ length: 3000 }, (_, i) => ({ a: i, b: 'x'.repeat(i % 7) })),
  inside: {
    rows: table({ id: BigInt64Array.from({ length: 800 }, (_, i) => BigInt(i)), s: Array(800).fill('ü') }),
  },
  small: { one: 1, two: [1, 2] },
};

async function compare(
  bytes: Uint8Array,
  options: Readonly<Record<string, unknown>>,
  reads: readonly (readonly [string, ReadSelection?])[],
): Promise<(path: string, selection?: ReadSelection) => Promise<number>> {
  const call = { format: 'msgpack', options };
  const sink = bytesSink();
  await lab.index(bytes, { ...call, target: sink, every: EVERY });
  const index = sink.bytes();
  const open = (source = bytesSource(bytes), given: Uint8Array | false = index) =>
    lab.open(source, { ...call, index: given });
  const known = await open();
  const without = await open(undefined, false);
  expect(await known.entries()).toEqual(await without.entries());
  for (const [path, selection] of reads) {
    const result = async (file: typeof known): Promise<unknown> =>
      file.read(path, selection).catch((error: { code: string }) => error.code);
    const difference = firstDifference((await result(known)) as Value, (await result(without)) as Value);
    expect(difference, `${path} ${JSON.stringify(selection)}`).toBeUndefined();
  }
  return async (path, selection) => {
    const { source, counts } = countingSource(bytesSource(bytes));
    await (await open(source)).read(path, selection);
    return counts.bytesRead;
  };
}

describe('an index beside a file', () => {
  it('finds entries, elements of lists and rows where they are', async () => {
    const bytes = encodeMsgpack(root);
    const touched = await compare(bytes, {}, [
      ['/array250'],
      ['/array299', { slice: '2:4,::3' }],
      ['/deep/list/2500/a'],
      ['/deep/list/3000'],
      ['/deep/list', { slice: '2000:2010:3' }],
      ['/deep/list', { slice: '-1' }],
      ['/deep/list', { slice: '4:4' }],
      ['/deep/list', { slice: '1', columns: ['a'] }],
      ['/deep/inside/rows', { slice: '5:7', columns: ['id'] }],
      ['/deep/small/two/1'],
      ['/deep'],
      ['/nothing'],
      [''],
    ]);
    // Both ends of the file for the check, and the entry.
    expect(await touched('/array250')).toBeLessThan(3 * 4096 + 480 + 1024);
    expect(await touched('/deep/list/2500/a')).toBeLessThan(3 * 4096 + 4 * EVERY);
  });

  it('finds values of a stream', async () => {
    const values = Array.from(
      { length: 4000 },
      (_, i): Value => (i % 3 === 0 ? [i, ['in', i]] : { i, s: 'y'.repeat(i % 20) }),
    );
    const bytes = encodeMsgpack(values, { stream: true });
    const touched = await compare(bytes, { stream: true }, [
      ['/0'],
      ['/0', { slice: '1' }],
      ['/3/1/0'],
      ['/3001/s'],
      ['/4000'],
      ['', { slice: '3990:' }],
      ['', { slice: '5' }],
      ['', { slice: '10:3000:500' }],
      [''],
    ]);
    expect(await touched('/3001')).toBeLessThan(3 * 4096 + 4 * EVERY);
  });
});
