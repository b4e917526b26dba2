import {
  bytesSink,
  bytesSource,
  columnOfValues,
  concatTables,
  createLab,
  firstDifference,
  isTable,
  type NDArray,
  Table,
  table,
  toRows,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { json, ndjson } from '../src/index.js';
import { bytesOf, lines, textOf } from './reading.js';

const lab = createLab([json, ndjson]);
const read = (text: string, options = {}): Promise<Value> =>
  lab.decode(bytesOf(text), { format: 'ndjson', options });

async function batchesOf(text: string, rows: number): Promise<Table[]> {
  const file = await lab.open(bytesSource(bytesOf(text), 'rows.ndjson'), { format: 'ndjson' });
  const found: Table[] = [];
  for await (const batch of file.batches!('', { rows })) found.push(batch);
  await file.close();
  return found;
}

describe('reading lines', () => {
  it('makes a table of like records, whatever ends the lines', async () => {
    const expected = table({ a: BigInt64Array.of(1n, 2n), b: ['x', 'y'] });
    for (const text of [
      '{"a":1,"b":"x"}\n{"a":2,"b":"y"}\n',
      '{"a":1,"b":"x"}\r\n\r\n{"b":"y","a":2}',
      '\ufeff{"a":1,"b":"x"}\n{"a":2,"b":"y"}',
    ]) {
      expect(firstDifference(expected, await read(text))).toBeUndefined();
    }
  });

  it('makes a list of everything else', async () => {
    expect(await read('{"a":1}\n{"b":[2]}\n3\n')).toEqual([{ a: 1 }, { b: [2] }, 3]);
    expect(await read('{"a":1}\n{"b":2}', { tables: 'never' })).toEqual([{ a: 1 }, { b: 2 }]);
    expect(isTable(await read('{"a":1}\n{"b":[2]}', { tables: 'always' }))).toBe(true);
  });

  it('names line and byte of a fault', async () => {
    await expect(read('{"a":1}\n{"a":2,}\n')).rejects.toMatchObject({
      code: 'corrupt',
      offset: 15,
      message: expect.stringContaining('line 2, column 8') as string,
    });
  });

  it('tells lines from a document', async () => {
    const id = async (text: string, name = 'x'): Promise<string> =>
      (await lab.detect(bytesSource(bytesOf(text), name))).format.id;
    expect(await id('{"a":1}\n{"a":2}\n')).toBe('ndjson');
    expect(await id('{"a":1,\n"b":2}')).toBe('json');
    expect(await id('{"a":1}\n')).toBe('json');
    expect(await id('{"a":1}\n', 'x.jsonl')).toBe('ndjson');
    expect(await id('[{"a":1},\n{"a":2}]')).toBe('json');
  });
});

describe('batches', () => {
  it('make up the table, in blocks of a megabyte', async () => {
    const text = Array.from({ length: 60_000 }, (_, i) =>
      JSON.stringify({ id: i, name: `name ${i}`, x: i + 0.5 }),
    ).join('\n');
    const batches = await batchesOf(text, 7000);
    expect(batches.every((batch) => batch.rows <= 7000)).toBe(true);
    expect(toRows(concatTables(batches))).toEqual(toRows((await read(text)) as Table));
  });

  it('have the types of the first one, where those hold what comes later', async () => {
    const rows = Array.from({ length: 50_000 }, (_, i) =>
      i < 25_000 ? { x: i + 0.5, y: i % 2 ? 'a' : null, z: i } : { x: i, y: i % 2 ? 'a' : 'b', z: i },
    );
    const text = rows.map((row) => JSON.stringify({ ...row, filler: 'f'.repeat(40) })).join('\n');
    const batches = await batchesOf(text, 5000);
    expect(batches.length).toBeGreaterThan(5);
    expect(concatTables(batches).rows).toBe(50_000);
    expect(
      new Set(batches.map((batch) => batch.columns.map((column) => (column.values as NDArray).dtype).join()))
        .size,
    ).toBe(1);
  });
});

describe('writing lines', () => {
  it('puts a record on each line', async () => {
    const losses: string[] = [];
    const bytes = await lab.encode(table({ a: Float64Array.of(1, 2.5), s: ['a\nb', 'ü'] }), 'ndjson', {
      onLoss: (loss) => losses.push(...lines([loss])),
    });
    expect(textOf(bytes)).toBe('{"a":1.0,"s":"a\\nb"}\n{"a":2.5,"s":"ü"}\n');
    expect(losses).toEqual([]);
  });

  it('appends at the end, also behind a last line that is open', async () => {
    for (const before of ['{"a":1.5}\n', '{"a":1.5}']) {
      const sink = bytesSink(bytesOf(before), 'rows.ndjson');
      const editor = await lab.edit(sink, { format: 'ndjson' });
      await editor.append('', table({ a: Float64Array.of(2, 3) }));
      const { rewritten } = await editor.commit();
      await editor.close();
      expect(rewritten).toBe(0);
      expect(textOf(sink.bytes())).toBe('{"a":1.5}\n{"a":2.0}\n{"a":3.0}\n');
    }
  });

  it('refuses rows with other columns', async () => {
    const sink = bytesSink(bytesOf('{"a":1}\n'), 'rows.ndjson');
    const editor = await lab.edit(sink, { format: 'ndjson' });
    await expect(editor.append('', table({ b: Float64Array.of(2) }))).rejects.toMatchObject({
      code: 'unsupported',
    });
    await editor.close();
  });

  it('keeps nulls and reports what is no row of scalars', async () => {
    const rows = new Table(2, [columnOfValues('a', [1.5, null]), columnOfValues('b', ['x', 'y'])]);
    const bytes = await lab.encode(rows, 'ndjson', { strict: true });
    expect(firstDifference(rows, await lab.decode(bytes, { format: 'ndjson' }))).toBeUndefined();
    const nested = table([{ a: [1, 2] }, { a: ['x'] }]);
    await expect(lab.encode(nested, 'ndjson', { strict: true })).rejects.toMatchObject({ code: 'lossy' });
    expect(await lab.decode(await lab.encode(nested, 'ndjson'), { format: 'ndjson' })).toEqual([
      { a: [1, 2] },
      { a: ['x'] },
    ]);
  });
});
