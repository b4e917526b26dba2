import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  FormatError,
  firstDifference,
  ndarray,
  type ReadSelection,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { protobuf } from '../src/index.js';

const lab = createLab([protobuf]);
const EVERY = 1024;
/** Both ends of the file for the check, and the first look at what it is. */
const CHECK = 3 * 4096;

type Options = Readonly<Record<string, unknown>>;
type Index = NonNullable<typeof protobuf.index>;

async function indexOf(bytes: Uint8Array, options: Options = {}, by = lab): Promise<Uint8Array> {
  const sink = bytesSink();
  await by.index(bytes, { format: 'protobuf', options, target: sink, every: EVERY });
  return sink.bytes();
}

/** Compares what is read with an index and without. @returns bytes that a read with the index touches */
async function compare(
  bytes: Uint8Array,
  options: Options,
  reads: readonly (readonly [string, ReadSelection?])[],
): Promise<(path: string, selection?: ReadSelection) => Promise<number>> {
  const call = { format: 'protobuf', options };
  const index = await indexOf(bytes, options);
  const known = await lab.open(bytes, { ...call, index });
  const without = await lab.open(bytes, { ...call, index: false });
  for (const [path, selection] of reads) {
    const result = async (file: typeof known): Promise<unknown> =>
      file.read(path, selection).catch((error: { code: string }) => error.code);
    const difference = firstDifference((await result(known)) as Value, (await result(without)) as Value);
    expect(difference, `${path} ${JSON.stringify(selection)}`).toBeUndefined();
  }
  expect(await known.entries()).toEqual(await without.entries());
  return async (path, selection) => {
    const { source, counts } = countingSource(bytesSource(bytes));
    await (await lab.open(source, { ...call, index })).read(path, selection);
    return counts.bytesRead;
  };
}

const root: Record<string, Value> = { '': 'no name', ü: 1 };
for (let i = 0; i < 1000; i++)
  root[`array${i}`] = ndarray(
    Float64Array.from({ length: 60 }, (_, j) => i + j / 3),
    [6, 10],
  );
root.rows = table({ id: BigInt64Array.from({ length: 3 }, (_, i) => BigInt(i)), s: ['a', 'b', 'c'] });
root.deep = { list: ['a text', { inside: 7 }] };

const schema = 'syntax = "proto3"; message City { string name = 1; int64 people = 2; }';
const stream = { schema, stream: true };
const cities = table({
  name: Array.from({ length: 5000 }, (_, i) => 'y'.repeat(i % 40)),
  people: BigInt64Array.from({ length: 5000 }, (_, i) => BigInt(i)),
});

describe('an index beside a file of Protocol Buffers', () => {
  it('finds entries, and rows that were added', async () => {
    const sink = bytesSink();
    await sink.replace(await lab.encode(root, 'protobuf'));
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await editor.append('/rows', table({ id: BigInt64Array.of(9n), s: ['later'] }));
    await editor.put('/array7', ['new']);
    await editor.commit();
    await editor.close();
    const touched = await compare(sink.bytes(), {}, [
      ['/array999', { slice: '2:4,::3' }],
      ['/array7'],
      ['/rows', { slice: '2:', columns: ['s'] }],
      ['/rows'],
      ['/deep/list/1/inside'],
      ['/~'],
      ['/ü'],
      ['/nothing'],
      [''],
    ]);
    expect(await touched('/array900')).toBeLessThan(CHECK + 480 + 2 * EVERY);
  });

  it('leaves files of one value as they are', async () => {
    for (const value of [ndarray(new Float64Array([1, 2, 3]), [3]), cities, ['x', 1]])
      await compare(await lab.encode(value, 'protobuf'), {}, [['', { slice: '1:2' }], ['/0'], ['']]);
  });

  it('finds messages of a stream', async () => {
    const bytes = await lab.encode(cities, 'protobuf', { options: stream });
    for (const rows of ['table', 'list']) {
      const touched = await compare(bytes, { ...stream, rows }, [
        ['', { slice: '4990:' }],
        ['', { slice: '-1' }],
        ['', { slice: '4:4' }],
        ['', { slice: '10:4000:700' }],
        ['/4321/people'],
        ['/5000'],
        [''],
      ]);
      expect(await touched('', { slice: '4000:4002' })).toBeLessThan(CHECK + 4 * EVERY);
    }
    const file = await lab.open(bytes, {
      format: 'protobuf',
      options: stream,
      index: await indexOf(bytes, stream),
    });
    const batches: number[] = [];
    for await (const batch of file.batches('', { rows: 1500, slice: '500:' })) batches.push(batch.rows);
    expect(batches).toEqual([1500, 1500, 1500]);
  });

  it('is refused by name for one message', async () => {
    const bytes = await lab.encode({ name: 'Bern', people: 1n }, 'protobuf', { options: { schema } });
    await expect(indexOf(bytes, { schema })).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'index of one message',
    });
  });
});

describe('an index that is damaged', () => {
  const value = {
    a: ndarray(new Float64Array([1, 2]), [2]),
    bc: 'text',
    bd: ndarray(new Int8Array([1]), [1]),
  };

  it.each([
    ['entries', value, {}, '/bd'],
    ['a stream', cities, { ...stream, rows: 'list' }, '/4999'],
  ])('is an error wherever it is damaged or cut: %s', async (_, content, options, path) => {
    const bytes = await lab.encode(content, 'protobuf', { options });
    const index = await indexOf(bytes, options);
    for (let at = 0; at < index.length; at++)
      for (const bad of [index.with(at, index[at]! ^ 0x21), index.subarray(0, at)])
        await expect(
          lab.open(bytes, { format: 'protobuf', options, index: bad }).then((file) => file.read(path)),
          `byte ${at}`,
        ).rejects.toBeInstanceOf(FormatError);
  });

  it('is an error, or its entry is the right one, where its checksum was made for it', async () => {
    const bytes = await lab.encode(value, 'protobuf');
    let positions = new Uint8Array(0);
    const keep = async (...call: Parameters<Index>): Promise<Uint8Array> => {
      positions = Uint8Array.from(await protobuf.index!(...call));
      return positions;
    };
    await indexOf(bytes, {}, createLab([{ ...protobuf, index: keep }]));
    let refused = 0;
    for (let at = 0; at < positions.length; at++)
      for (const bit of [0x01, 0x21, 0x80]) {
        const bad = positions.with(at, positions[at]! ^ bit);
        const index = await indexOf(bytes, {}, createLab([{ ...protobuf, index: () => bad }]));
        try {
          const file = await lab.open(bytes, { format: 'protobuf', index });
          expect(firstDifference(await file.read('/bd'), value.bd), `byte ${at}`).toBeUndefined();
        } catch (error) {
          expect(error, `byte ${at}`).toMatchObject({ code: expect.stringMatching(/corrupt|not-found/) });
          refused++;
        }
      }
    expect(refused).toBeGreaterThan(positions.length / 2);
  });
});
