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
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { encodeProtoJson, protobuf } from '../src/index.js';

const lab = createLab([protobuf]);
const ROWS = 20_000;
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
        Array.from({ length: rows }, (_, i) => `name ${from + i}`),
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

async function opened(value: Value | Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  const bytes = value instanceof Uint8Array ? value : await lab.encode(value, 'protobuf', { options });
  const { source, counts } = countingSource(bytesSource(bytes, 'file.pb'));
  return { file: await lab.open(source, { format: 'protobuf', options }), counts, size: bytes.length };
}

async function* inTurn(tables: readonly Table[]): AsyncGenerator<Table> {
  yield* tables;
}

describe('a file of ours', () => {
  const large = ndarray(
    Float64Array.from({ length: 100_000 }, (_, i) => i),
    [1000, 100],
  );

  it('gives rows of an array by reading only them', async () => {
    const { file, counts } = await opened({ first: large, deep: { big: large }, last: 'text' });
    expect(
      firstDifference(
        await file.read('/deep/big', { slice: '10:20' }),
        await file.read('/first', { slice: '10:20' }),
      ),
    ).toBeUndefined();
    expect(counts.bytesRead).toBeLessThan(2 * 10 * 800 + 16_384);
  });

  it('gives rows of text, masks and lists by passing what is before them', async () => {
    const all = people(ROWS);
    const { file, counts, size } = await opened({ all });
    for (const slice of ['100:200', '5', '::5000', '-3:', '10:3'])
      expect(
        firstDifference(sliceTable(all, { slice }), await file.read('/all', { slice })),
        slice,
      ).toBeUndefined();
    const before = counts.bytesRead;
    await file.read('/all', { slice: '15000:15010', columns: ['x'] });
    expect(counts.bytesRead - before).toBeLessThan(2048);
    expect(before).toBeLessThan(4 * size);
  });

  it('grows by rows at its end, as a value and as an entry', async () => {
    for (const path of ['', '/rows']) {
      const first = people(1000);
      const sink = bytesSink(await lab.encode(path === '' ? first : { rows: first }, 'protobuf'), 'file.pb');
      const editor = await lab.edit(sink, { format: 'protobuf' });
      await editor.append(path, people(10, 1000));
      const { written, rewritten } = await editor.commit();
      await editor.close();
      expect(written).toBeLessThan(1500);
      expect(rewritten).toBe(0);
      const { file } = await opened(sink.bytes());
      const whole = concatTables([first, people(10, 1000)]);
      expect(firstDifference(whole, await file.read(path))).toBeUndefined();
      expect(
        firstDifference(
          sliceTable(whole, { slice: '995:1005:2' }),
          await file.read(path, { slice: '995:1005:2' }),
        ),
      ).toBeUndefined();
    }
  });

  it('refuses rows that are not of the table, and stays as it was', async () => {
    const bytes = await lab.encode({ rows: people(5) }, 'protobuf');
    const sink = bytesSink(bytes, 'file.pb');
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await expect(
      editor.append('/rows', table({ x: new Int32Array(2), name: ['a', 'b'] })),
    ).rejects.toMatchObject({ code: 'unsupported' });
    await editor.close();
    expect(sink.bytes()).toEqual(bytes);
  });

  it.each(['', '/rows', '/deep/rows'])('takes batches at %j, and gives them back', async (path) => {
    const batches = [people(30), people(1, 30), people(0), people(25, 31)];
    const sink = bytesSink(new Uint8Array(0), 'file.pb');
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await editor.writeBatches!(path, inTurn(batches));
    await editor.commit();
    await editor.close();
    const { file } = await opened(sink.bytes());
    const whole = concatTables(batches);
    expect(firstDifference(whole, await file.read(path))).toBeUndefined();
    const read: Table[] = [];
    for await (const batch of file.batches(path, { rows: 12 })) read.push(batch);
    expect(read.map((batch) => batch.rows)).toEqual([12, 12, 12, 12, 8]);
    expect(firstDifference(whole, concatTables(read))).toBeUndefined();
  });

  it('is what it was where batches are not committed', async () => {
    const bytes = await lab.encode({ rows: people(5), other: 1 }, 'protobuf');
    const sink = bytesSink(bytes, 'file.pb');
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await editor.writeBatches!('/rows', inTurn([people(5, 5)]));
    await editor.writeBatches!('/new', inTurn([people(5, 5)]));
    await editor.close();
    expect(sink.bytes()).toEqual(bytes);
  });

  it('keeps in memory what a change of the whole needs after batches', async () => {
    const sink = bytesSink(await lab.encode({ rows: people(5) }, 'protobuf'), 'file.pb');
    const editor = await lab.edit(sink, { format: 'protobuf' });
    await editor.writeBatches!('/rows', inTurn([people(5, 5)]));
    await editor.put('/a/b', 1);
    await editor.remove('/a');
    await editor.commit();
    await editor.close();
    const { file } = await opened(sink.bytes());
    expect(
      firstDifference({ rows: concatTables([people(5), people(5, 5)]) }, await file.read('')),
    ).toBeUndefined();
  });
});

describe('a stream of messages', () => {
  const schema = 'syntax = "proto3"; message Row { double x = 1; optional string s = 2; }';
  const options = { schema, stream: true };
  const rows = (count: number, from = 0): Table =>
    table({
      x: Float64Array.from({ length: count }, (_, i) => from + i),
      s: Array.from({ length: count }, (_, i) => `s${i}`),
    });

  it('counts its messages, and reads some of them', async () => {
    const { file, counts, size } = await opened(rows(ROWS), options);
    expect(await file.read('', { slice: '10:12' })).toMatchObject({ rows: 2 });
    expect(counts.bytesRead).toBeLessThan(4096);
    expect(await file.entries()).toMatchObject([
      { kind: 'table', rows: ROWS, columns: [{ name: 'x' }, { name: 's' }] },
    ]);
    const whole = (await file.read('')) as Table;
    for (const slice of ['5', '-1', '::7000', '19990:', '3:1'])
      expect(
        firstDifference(sliceTable(whole, { slice }), await file.read('', { slice })),
        slice,
      ).toBeUndefined();
    await expect(file.read('', { slice: '20000' })).rejects.toMatchObject({ code: 'bad-selection' });
    expect(size).toBeGreaterThan(ROWS * 10);
  });

  it('passes in batches both ways', async () => {
    const sink = bytesSink(new Uint8Array(0), 'rows.pb');
    const editor = await lab.edit(sink, { format: 'protobuf', options });
    await editor.writeBatches!('', inTurn([rows(100), rows(50, 100)]));
    expect(await editor.commit()).toMatchObject({ rewritten: 0, written: sink.size });
    await editor.close();
    const { file } = await opened(sink.bytes(), options);
    const read: Table[] = [];
    for await (const batch of file.batches('', { rows: 40, slice: '10:140:3', columns: ['x'] }))
      read.push(batch);
    expect(read.map((batch) => batch.rows)).toEqual([40, 4]);
    const expected = sliceTable(concatTables([rows(100), rows(50, 100)]), {
      slice: '10:140:3',
      columns: ['x'],
    });
    expect(firstDifference(expected, concatTables(read))).toBeUndefined();
  });

  it('reads one message of a list by its number', async () => {
    const list = { ...options, rows: 'list' };
    const { file } = await opened(rows(100), options);
    await expect(file.read('/7')).rejects.toMatchObject({ code: 'not-found' });
    const { file: listed } = await opened(await lab.encode(rows(100), 'protobuf', { options }), list);
    expect(await listed.read('/7')).toEqual({ x: 7, s: 's7' });
    expect(await listed.read('/7/s')).toBe('s7');
    await expect(listed.read('/100')).rejects.toMatchObject({ code: 'not-found' });
    expect(await listed.read('', { slice: '98:' })).toHaveLength(2);
  });

  it('says where a message goes beyond the file', async () => {
    const bytes = await lab.encode(rows(3), 'protobuf', { options });
    const cut = bytes.subarray(0, bytes.length - 1);
    const { file } = await opened(cut, options);
    await expect(file.entries()).rejects.toMatchObject({ code: 'corrupt', offset: expect.any(Number) });
  });
});

describe('files that Python wrote', () => {
  const fixture = (name: string): Uint8Array =>
    new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
  const text = (name: string): string => readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');

  it('messages behind their lengths are read one by one', async () => {
    const schema = text('scene.proto');
    const options = { schema, type: 'fixtures.Scene', stream: true, defaults: false };
    const { file } = await opened(fixture('scenes.stream'), options);
    const names = ['empty', 'zeros', 'numbers', 'text', 'nested', 'maps', 'choice'];
    for (const [i, name] of names.entries()) {
      const message = await file.read(`/${i}`);
      const json = encodeProtoJson(message, { schema, type: 'fixtures.Scene' });
      expect(JSON.parse(json)).toEqual(JSON.parse(text(`${name}.json`)));
    }
    await expect(file.read('/7')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('further rows of a table belong to it', async () => {
    const cities = table({ x: Float64Array.of(1.5, 2.5, 3.5, 3.5), name: ['Bern', 'Chur', 'Thun', 'Thun'] });
    expect(
      firstDifference(
        { cities, title: 'grown' },
        await lab.decode(fixture('grown.formatlab'), { format: 'protobuf' }),
      ),
    ).toBeUndefined();
    const { file } = await opened(fixture('grown.formatlab'));
    expect(await file.entries()).toMatchObject([{ path: '/cities', rows: 4 }, { path: '/title' }]);
    expect(
      firstDifference(sliceTable(cities, { slice: '1:3' }), await file.read('/cities', { slice: '1:3' })),
    ).toBeUndefined();
  });
});
