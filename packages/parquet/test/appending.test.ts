import { readFileSync } from 'node:fs';
import {
  attributesOf,
  type BytesSink,
  bytesSink,
  concatTables,
  createLab,
  firstDifference,
  isFormatError,
  NDArray,
  ndarray,
  type SaveOptions,
  scalarType,
  Table,
  type Value,
  withAttributes,
} from '@formatlab/core';
import { expect, it } from 'vitest';
import { encodeParquet, parquet } from '../src/index.js';

const lab = createLab([parquet]);
const fixture = (name: string): Uint8Array =>
  readFileSync(new URL(`./fixtures/${name}.parquet`, import.meta.url));
const load = (bytes: Uint8Array, options = {}): Promise<Value> =>
  lab.decode(bytes, { format: 'parquet', options });

async function append(
  sink: BytesSink,
  more: readonly Value[],
  options: SaveOptions = {},
): Promise<{ written: number; rewritten: number }> {
  const editor = await lab.edit(sink, { format: 'parquet', ...options });
  try {
    for (const value of more) await editor.append('', value);
    return await editor.commit();
  } finally {
    await editor.close();
  }
}

function rows(from: number, to: number): Table {
  const ids = Array.from({ length: to - from }, (_, i) => from + i);
  return new Table(ids.length, [
    {
      name: 'id',
      type: scalarType('int64'),
      values: new NDArray({ dtype: 'int64', shape: [ids.length], data: BigInt64Array.from(ids, BigInt) }),
    },
    {
      name: 'name',
      type: scalarType('string', { nullable: true }),
      values: new NDArray({
        dtype: 'string',
        shape: [ids.length],
        data: ids.map((id) => (id % 3 === 0 ? '' : `row ${id}`)),
      }),
      valid: Uint8Array.from(ids, (id) => (id % 3 === 0 ? 0 : 1)),
    },
    {
      name: 'list',
      type: { kind: 'list', item: scalarType('int32'), nullable: false },
      values: ids.map((id) => [id, id + 1].slice(id % 3)),
    },
  ]);
}

it('adds rows behind the old footer, of which no byte changes', async () => {
  const before = await encodeParquet(withAttributes(rows(0, 5000), { units: 'm' }));
  const sink = bytesSink(before);
  const commit = await append(sink, [rows(5000, 5003), rows(5003, 5004)]);
  const after = sink.bytes();
  expect(after.subarray(0, before.byteLength)).toEqual(before);
  expect(commit).toEqual({ written: after.byteLength - before.byteLength, rewritten: 0 });
  const read = await load(after);
  expect(
    firstDifference(read, concatTables([rows(0, 5000), rows(5000, 5003), rows(5003, 5004)])),
  ).toBeUndefined();
  expect(attributesOf(read)).toEqual({ units: 'm' });
});

it('keeps the seal, so that damage to old and new rows shows', async () => {
  const sink = bytesSink(await encodeParquet(rows(0, 10)));
  await append(sink, [rows(10, 20)], { options: { checksums: false } });
  expect((await load(sink.bytes(), { verify: 'always' })) instanceof Table).toBe(true);
  const damaged = sink.bytes().slice();
  damaged[60]! ^= 4;
  await expect(load(damaged)).rejects.toMatchObject({ code: 'corrupt' });
});

it.each([
  'nulls',
  'nested',
  'nested-groups',
  'times',
  'decimals',
  'decimals-integer',
  'texts-page-v2',
  'numbers-v2-snappy-dictionary',
  'empty',
])('adds rows to %s of pyarrow', async (name) => {
  const table = (await load(fixture(name))) as Table;
  const sink = bytesSink(fixture(name));
  await append(sink, [table]);
  expect(firstDifference(await load(sink.bytes()), concatTables([table, table]))).toBeUndefined();
});

it('adds slabs to an array, of which one may leave out its first dimension', async () => {
  const sink = bytesSink(await encodeParquet(ndarray(Float64Array.of(1, 2, 3, 4), [2, 2])));
  await append(sink, [ndarray(Float64Array.of(5, 6), [1, 2]), ndarray(Float64Array.of(7, 8), [2])]);
  expect(
    firstDifference(await load(sink.bytes()), ndarray(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [4, 2])),
  ).toBeUndefined();
});

it('adds rows of arrays of the same shape', async () => {
  const block = (shape: number[]): Table =>
    new Table(shape[0]!, [
      {
        name: 'v',
        type: scalarType('int16'),
        values: ndarray(
          Int16Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i),
          shape,
        ),
      },
    ]);
  const sink = bytesSink(await encodeParquet(block([2, 3])));
  await append(sink, [block([1, 3])]);
  expect(
    firstDifference(await load(sink.bytes()), concatTables([block([2, 3]), block([1, 3])])),
  ).toBeUndefined();
  await expect(append(sink, [block([1, 4])])).rejects.toMatchObject({ code: 'unsupported' });
});

it.each([
  ['fewer columns', new Table(1, rows(0, 1).columns.slice(1))],
  [
    'another dtype',
    new Table(1, [
      { name: 'id', type: scalarType('int32'), values: ndarray(Int32Array.of(1)) },
      ...rows(0, 1).columns.slice(1),
    ]),
  ],
  [
    'nulls in a required column',
    new Table(1, [
      { ...rows(0, 1).columns[0]!, type: scalarType('int64', { nullable: true }), valid: Uint8Array.of(0) },
      ...rows(0, 1).columns.slice(1),
    ]),
  ],
  ['an array', ndarray([1, 2])],
])('refuses rows with %s, and leaves the file as it is', async (_what, more) => {
  const before = await encodeParquet(rows(0, 5));
  const sink = bytesSink(before);
  const error = await append(sink, [more]).catch((thrown: unknown) => thrown);
  expect(isFormatError(error) && error.code).toBe('unsupported');
  expect(sink.bytes()).toEqual(before);
});

it('takes back what was half written', async () => {
  const before = await encodeParquet(rows(0, 5));
  const sink = bytesSink(before);
  const { write } = sink;
  sink.write = async (at, bytes) => {
    await write.call(sink, at, (Array.isArray(bytes) ? bytes[0] : bytes) as Uint8Array);
    throw new Error('disk full');
  };
  await expect(append(sink, [rows(5, 9)])).rejects.toThrow('disk full');
  expect(sink.bytes()).toEqual(before);
});

it('writes batches to a new file as they come, and nothing without commit', async () => {
  async function* batches(): AsyncGenerator<Table> {
    yield rows(0, 100);
    yield rows(100, 150);
  }
  const sink = bytesSink();
  const editor = await lab.edit(sink, { format: 'parquet' });
  await editor.writeBatches!('', batches());
  const { written } = await editor.commit();
  await editor.close();
  expect(written).toBe(sink.size);
  expect(firstDifference(await load(sink.bytes()), rows(0, 150))).toBeUndefined();

  const given = bytesSink();
  const abandoned = await lab.edit(given, { format: 'parquet' });
  await abandoned.writeBatches!('', batches());
  await abandoned.close();
  expect(given.size).toBe(0);
});
