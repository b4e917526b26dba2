import { readFileSync } from 'node:fs';
import {
  bytesSink,
  bytesSource,
  concatTables,
  countingSource,
  createLab,
  firstDifference,
  ndarray,
  scalarType,
  sliceTable,
  Table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { msgpack } from '../src/index.js';

const lab = createLab([msgpack]);
const people = (rows: number, from = 0): Table =>
  new Table(rows, [
    {
      name: 'x',
      type: scalarType('float64'),
      values: ndarray(Float64Array.from({ length: rows }, (_, i) => from + i / 4)),
    },
    {
      name: 'name',
      type: scalarType('string', { nullable: true }),
      values: ndarray(
        Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? '' : `name ${from + i}`)),
        [rows],
        'string',
      ),
      valid: Uint8Array.from({ length: rows }, (_, i) => (i % 7 === 0 ? 0 : 1)),
    },
    {
      name: 'tags',
      type: { kind: 'list', item: scalarType('string'), nullable: false },
      values: Array.from({ length: rows }, (_, i) => [`t${from + i}`]),
    },
  ]);

async function opened(bytes: Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  const { source, counts } = countingSource(bytesSource(bytes, 'file.msgpack'));
  return { file: await lab.open(source, { format: 'msgpack', options }), counts };
}

async function* inTurn(tables: readonly Table[]): AsyncGenerator<Table> {
  yield* tables;
}

async function written(base: Value | undefined, path: string, batches: readonly Table[]) {
  const bytes = base === undefined ? new Uint8Array(0) : await lab.encode(base, 'msgpack');
  const sink = bytesSink(bytes, 'file.msgpack');
  const editor = await lab.edit(sink, { format: 'msgpack' });
  await editor.writeBatches!(path, inTurn(batches));
  const commit = await editor.commit();
  await editor.close();
  return { bytes: sink.bytes(), commit };
}

describe('tables in batches', () => {
  const batches = [people(30), people(1, 30), people(0), people(25, 31)];
  const whole = concatTables(batches);

  it.each(['', '/rows', '/deep/rows'])('are written at %j of a new file, and read again', async (path) => {
    const { bytes } = await written(undefined, path, batches);
    const { file } = await opened(bytes);
    expect(firstDifference(whole, await file.read(path))).toBeUndefined();
    expect((await file.entries()).find((entry) => entry.path === path)).toMatchObject({
      kind: 'table',
      rows: 56,
    });
    for (const slice of ['29:32', '5', '::20', '-3:'])
      expect(
        firstDifference(sliceTable(whole, { slice }), await file.read(path, { slice })),
        slice,
      ).toBeUndefined();
    const read: Table[] = [];
    for await (const batch of file.batches(path, { rows: 12 })) read.push(batch);
    expect(read.map((batch) => batch.rows)).toEqual([12, 12, 12, 12, 8]);
    expect(firstDifference(whole, concatTables(read))).toBeUndefined();
  });

  it('grow what stands last in the file, and nothing else is written', async () => {
    const first = await written({ a: ndarray(new Float64Array(10_000)) }, '/rows', [people(10)]);
    expect(first.commit.rewritten).toBe(5);
    const sink = bytesSink(first.bytes, 'file.msgpack');
    const editor = await lab.edit(sink, { format: 'msgpack' });
    await editor.append('/rows', people(5, 10));
    const { rewritten, written: bytes } = await editor.commit();
    await editor.close();
    expect(rewritten).toBe(5);
    expect(bytes).toBeLessThan(600);
    const { file } = await opened(sink.bytes());
    expect(
      firstDifference(concatTables([people(10), people(5, 10)]), await file.read('/rows')),
    ).toBeUndefined();
    expect(await file.entries()).toHaveLength(2);
  });

  it('leave the file as it was where they are not committed, or differ', async () => {
    const { bytes } = await written({ a: 1 }, '/rows', [people(10)]);
    const sink = bytesSink(bytes, 'file.msgpack');
    const editor = await lab.edit(sink, { format: 'msgpack' });
    await editor.writeBatches!('/rows', inTurn([people(5)]));
    await editor.writeBatches!('/other', inTurn([people(5)]));
    await editor.close();
    expect(sink.bytes()).toEqual(bytes);
    const again = await lab.edit(sink, { format: 'msgpack' });
    const odd = sliceTable(people(5), { columns: ['name', 'x'] });
    await expect(again.writeBatches!('/rows', inTurn([people(5), odd]))).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(await again.commit()).toEqual({ written: 0, rewritten: 0 });
    await again.close();
    expect(sink.bytes()).toEqual(bytes);
  });

  it('read a part of a large table', async () => {
    const large = people(50_000);
    const { file, counts } = await opened(await lab.encode({ large }, 'msgpack'));
    for await (const batch of file.batches('/large', { rows: 10, columns: ['x'] })) {
      expect(firstDifference(sliceTable(large, { slice: ':10', columns: ['x'] }), batch)).toBeUndefined();
      break;
    }
    const before = counts.bytesRead;
    await file.read('/large', { slice: '49000:49010', columns: ['x'] });
    expect(counts.bytesRead - before).toBeLessThan(2048);
  });
});

describe('a stream of values', () => {
  const options = { stream: true };
  const list = Array.from({ length: 5000 }, (_, i) => ({ id: i, text: `value ${i}` }));

  it('gives one value, or some, and passes those before', async () => {
    const { file, counts } = await opened(await lab.encode(list, 'msgpack', { options }), options);
    expect(await file.read('/3')).toEqual(list[3]);
    expect(await file.read('/3/text')).toBe('value 3');
    expect(await file.read('', { slice: '5:9:2' })).toEqual([list[5], list[7]]);
    expect(counts.bytesRead).toBeLessThan(4096);
    expect(await file.read('', { slice: '-1' })).toEqual(list[4999]);
    await expect(file.read('/5000')).rejects.toMatchObject({ code: 'not-found' });
    expect(await file.read('')).toHaveLength(5000);
  });

  it('takes more values at its end', async () => {
    const bytes = await lab.encode(list, 'msgpack', { options });
    const sink = bytesSink(bytes, 'file.msgpack');
    const editor = await lab.edit(sink, { format: 'msgpack', options });
    await editor.append('', ['more', 1]);
    expect(await editor.commit()).toEqual({ written: 6, rewritten: 0 });
    await editor.append('', ['lost']);
    await editor.close();
    const { file } = await opened(sink.bytes(), options);
    expect(await file.read('', { slice: '4999:' })).toEqual([list[4999], 'more', 1]);
  });

  it('is read as Python wrote it', async () => {
    const bytes = new Uint8Array(readFileSync(new URL('fixtures/stream.msgpack', import.meta.url)));
    const { file } = await opened(bytes, options);
    expect(await file.read('/0/text')).toBe('é');
    expect(await file.read('/1')).toEqual([1.5, null, Uint8Array.of(0)]);
    expect(await file.read('', { slice: '2:' })).toEqual([2n ** 63n, 'last']);
  });

  it('says where the file ends in a value', async () => {
    const bytes = await lab.encode(list, 'msgpack', { options });
    const { file } = await opened(bytes.subarray(0, bytes.length - 3), options);
    await expect(file.read('/4999')).rejects.toMatchObject({ code: 'corrupt', offset: expect.any(Number) });
  });
});
