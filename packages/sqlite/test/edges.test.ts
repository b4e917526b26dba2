import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {
  bytesSource,
  columnOfValues,
  countingSource,
  createLab,
  type Format,
  fileSource,
  firstDifference,
  type Loss,
  NDArray,
  ndarray,
  scalarType,
  Table,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { removeStaleLock, sqlite } from '../src/index.js';
import { nodeDriver } from '../src/sql/driver.js';
import { testFolder } from './folder.js';

const lab = createLab([sqlite]);
const at = testFolder();
const fixture = (name: string): string => new URL(`./fixtures/${name}`, import.meta.url).pathname;

describe('what SQLite would change', () => {
  const tricky = (): Table =>
    new Table(3, [
      { name: 'x', type: scalarType('float64'), values: ndarray(new Float64Array([-0, Number.NaN, 3])) },
      { name: 't', type: scalarType('string'), values: ndarray(['a\0b', '', 'é']) },
      {
        name: 'b',
        type: scalarType('bytes'),
        values: new NDArray({
          dtype: 'bytes',
          shape: [3],
          data: [new Uint8Array(0), Uint8Array.of(0), Uint8Array.of(255)],
        }),
      },
    ]);

  it('comes back when it was written: −0, NaN, text with NUL, empty bytes', async () => {
    const bytes = await lab.encode(tricky(), 'sqlite');
    expect(firstDifference(await lab.decode(bytes), tricky())).toBeUndefined();
  });

  it('comes back when it was put or appended by SQL', async () => {
    const path = at('tricky.sqlite');
    const file = await lab.edit(path);
    await file.put('/t', tricky());
    await file.append('/t', tricky());
    await file.commit();
    await file.close();
    const read = (await lab.load(`${path}#/t`)) as Table;
    expect(firstDifference(read, doubled(tricky()))).toBeUndefined();
  });

  it('comes back when it is appended to a table that was plain', async () => {
    const path = at('plain.sqlite');
    const plain = new Table(1, [
      { name: 'x', type: scalarType('float64'), values: ndarray(new Float64Array([1])) },
    ]);
    const special = new Table(2, [
      { name: 'x', type: scalarType('float64'), values: ndarray(new Float64Array([-0, Number.NaN])) },
    ]);
    await lab.save(path, { t: plain });
    const file = await lab.edit(path);
    await file.append('/t', special);
    await file.commit();
    await file.close();
    const all = ndarray(new Float64Array([1, -0, Number.NaN]));
    expect(
      firstDifference(
        (await lab.load(`${path}#/t`)) as Table,
        new Table(3, [{ ...plain.columns[0]!, values: all }]),
      ),
    ).toBeUndefined();
  });

  it('keeps integers of 64 bits without a sign', async () => {
    const values = new NDArray({ dtype: 'uint64', shape: [2], data: BigUint64Array.of(1n, 2n ** 64n - 1n) });
    const value = new Table(2, [{ name: 'u', type: scalarType('uint64'), values }]);
    expect(firstDifference(await lab.decode(await lab.encode(value, 'sqlite')), value)).toBeUndefined();
  });
});

describe('columns whose values do not fit their declared type', () => {
  it('are inferred from all values, none of which changes', async () => {
    const types = (await lab.load(`${fixture('types.db')}#/types`)) as Table;
    expect(types.columns.map(({ type }) => (type.kind === 'scalar' ? type.dtype : type.kind))).toEqual([
      'int64',
      'float64',
      'string',
      'bytes',
      'bool',
      'object',
      'float64',
      'object',
    ]);
  });

  it('keep their declared type when they are empty', async () => {
    const empty = (await lab.load(`${fixture('types.db')}#/empty`)) as Table;
    expect(
      empty.columns.map(({ type }) => (type.kind === 'scalar' ? [type.dtype, type.nullable] : [])),
    ).toEqual([
      ['int64', true],
      ['float64', true],
      ['string', false],
      ['string', true],
    ]);
  });
});

describe('what has no rows of its own', () => {
  it('is reported when the whole is read, and refused by name', async () => {
    const losses: Loss[] = [];
    await lab.load(fixture('views.db'), { onLoss: (loss) => losses.push(loss) });
    expect(losses.map(({ path, from }) => `${path} ${from}`)).toEqual([
      '/v view',
      "/words virtual table of 'fts5'",
      '/g/twice computed column',
    ]);
    await expect(lab.load(`${fixture('views.db')}#/v`)).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'views',
    });
    await expect(lab.load(`${fixture('views.db')}#/words`)).rejects.toThrow("module 'fts5'");
    const reader = await lab.open(fixture('views.db'));
    await expect(reader.read('/g', { columns: ['twice'] })).rejects.toMatchObject({ code: 'unsupported' });
    await reader.close();
  });

  it('does not run triggers', async () => {
    const path = at('triggers.db');
    copyFileSync(fixture('views.db'), path);
    const file = await lab.edit(path);
    const rows = table([{ a: 9n, b: 'z', c: 1n }]);
    await expect(file.append('/t', rows)).rejects.toMatchObject({ code: 'unsupported', feature: 'triggers' });
    await file.close();
  });
});

describe('a write-ahead log', () => {
  it('is read with the database, up to its last whole commit', async () => {
    const path = at('log.db');
    copyFileSync(fixture('log.db'), path);
    const log = readFileSync(fixture('log.db-wal'));
    writeFileSync(`${path}-wal`, log);
    const whole = (await lab.load(path)) as Readonly<Record<string, Value>>;
    expect(Object.keys(whole)).toEqual(['t', 'later']);
    // Cut within its last frame: the last commit is gone, the ones before stay.
    writeFileSync(`${path}-wal`, log.subarray(0, log.byteLength - 100));
    const cut = (await lab.load(path)) as Readonly<Record<string, Table>>;
    expect(cut.later!.rows).toBe(0);
    const damaged = Uint8Array.from(log);
    damaged[200]! ^= 1;
    writeFileSync(`${path}-wal`, damaged);
    expect(Object.keys((await lab.load(path)) as object)).toEqual(['t']);
  });

  it('does not stop an edit, which moves it into the database', async () => {
    const path = at('log-edit.db');
    copyFileSync(fixture('log.db'), path);
    copyFileSync(fixture('log.db-wal'), `${path}-wal`);
    const before = (await lab.load(path)) as Readonly<Record<string, Table>>;
    const file = await lab.edit(path);
    await file.put('/added', 5);
    await file.commit();
    await file.close();
    const after = (await lab.load(path)) as Readonly<Record<string, Value>>;
    expect(after.added).toBe(5);
    expect(firstDifference(after.t!, before.t!)).toBeUndefined();
    expect(firstDifference(after.later!, before.later!)).toBeUndefined();
  });

  it('need not be there', async () => {
    const { t } = (await lab.load(fixture('log-moved.db'))) as Readonly<Record<string, Table>>;
    expect(t!.rows).toBe(1);
  });
});

describe('what a killed process leaves', () => {
  it('as a journal is read as what was there before, and taken back when editing', async () => {
    const path = at('hot.db');
    copyFileSync(fixture('integers.db'), path);
    const before = readFileSync(path);
    const pageSize = before.readUInt16BE(16);
    // The change that was cut off had written over the second page and added another.
    writeFileSync(`${path}-journal`, journalOf(before, pageSize, [2]));
    writeFileSync(path, Buffer.concat([before, Buffer.alloc(pageSize, 0xee)]));
    writePage(path, 2, Buffer.alloc(pageSize, 0xee));
    expect(((await lab.load(`${path}#/n`)) as Table).rows).toBe(26);
    const file = await lab.edit(path);
    await file.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    expect(existsSync(`${path}-journal`)).toBe(false);
  });

  it('as a lock does not stop reading, is named when editing, and is removed when it is old', async () => {
    const path = at('locked.db');
    copyFileSync(fixture('integers.db'), path);
    mkdirSync(`${path}.lock`);
    expect(((await lab.load(`${path}#/n`)) as Table).rows).toBe(26);
    await expect(lab.edit(path)).rejects.toMatchObject({
      code: 'io',
      message: expect.stringContaining('.lock'),
    });
    await expect(removeStaleLock(path)).rejects.toThrow('may be in use');
    const past = new Date(Date.now() - 3_600_000);
    utimesSync(`${path}.lock`, past, past);
    expect(await removeStaleLock(path)).toBe(true);
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(await removeStaleLock(path)).toBe(false);
    const file = await lab.edit(path);
    await file.put('/x', 1);
    await file.commit();
    await file.close();
    expect(existsSync(`${path}.lock`)).toBe(false);
    expect(await lab.load(`${path}#/x`)).toBe(1);
  });
});

describe('blobs of pickles', () => {
  const pickle: Format = {
    ...sqlite,
    id: 'pickle',
    extensions: ['.pickle'],
    probe: () => undefined,
    decode: (bytes: Uint8Array) => [...bytes],
  };

  it('are decoded with the format that the caller brought, when asked', async () => {
    const blobs = columnOfValues('data', [Uint8Array.of(1, 2), Uint8Array.of(3)]);
    const file = await lab.encode({ arrays: new Table(2, [blobs]) }, 'sqlite');
    await expect(lab.decode(file, { options: { blobs: 'pickle' } })).rejects.toMatchObject({
      code: 'unsupported',
    });
    const both = createLab([sqlite, pickle]);
    const value = (await both.decode(file, { options: { blobs: 'pickle' } })) as Readonly<
      Record<string, Table>
    >;
    expect((value.arrays!.columns[0]!.values as NDArray).data).toEqual([[1, 2], [3]]);
  });
});

describe('one of many entries', () => {
  const many = (): Readonly<Record<string, NDArray>> =>
    Object.fromEntries(
      Array.from({ length: 300 }, (_, i) => [`a${i}`, ndarray(new Float64Array(1000).fill(i), [10, 100])]),
    );

  it('is read by the index, on a source that takes its time too', async () => {
    const file = await lab.encode(many(), 'sqlite');
    const { readSync: _sync, readInto: _into, ...slow } = bytesSource(file, 'slow.sqlite');
    for (const inner of [bytesSource(file, 'file.sqlite'), slow]) {
      const { source, counts } = countingSource(inner);
      const reader = await lab.open(source);
      counts.bytesRead = 0;
      const value = await reader.read('/a123');
      expect(firstDifference(value, many().a123!)).toBeUndefined();
      expect(counts.bytesRead).toBeLessThan(40_000);
      counts.bytesRead = 0;
      await reader.read('/a200', { slice: '9' });
      expect(counts.bytesRead).toBeLessThan(24_000);
      await reader.close();
    }
  });

  it('is read whole and in part where its pages are scattered', async () => {
    const path = at('scattered.sqlite');
    await lab.save(path, many());
    const file = await lab.edit(path);
    for (let i = 0; i < 300; i += 3) await file.remove(`/a${i}`);
    const large = ndarray(
      Float64Array.from({ length: 60_000 }, (_, i) => i / 7),
      [600, 100],
    );
    await file.put('/large', large);
    await file.commit();
    await file.close();
    const bytes = readFileSync(path);
    const { readSync: _sync, readInto: _into, ...slow } = bytesSource(bytes, 'slow.sqlite');
    for (const source of [path, bytesSource(bytes, 'file.sqlite'), slow]) {
      const reader = await lab.open(source);
      expect(firstDifference(await reader.read('/large'), large)).toBeUndefined();
      const rows = await reader.read('/large', { slice: '100:110' });
      expect((rows as NDArray).data).toEqual(large.data.slice(10_000, 11_000));
      await reader.close();
    }
  });

  it('is replaced in its place', async () => {
    const path = at('many.sqlite');
    await lab.save(path, many());
    const { size } = statSync(path);
    const file = await lab.edit(path);
    await file.put('/a7', ndarray(new Float64Array(1000).fill(-1), [10, 100]));
    const commit = await file.commit();
    await file.close();
    expect(statSync(path).size).toBe(size);
    expect(commit.written).toBeLessThan(100_000);
    expect(firstDifference(await lab.load(`${path}#/a7[0,0]`), -1)).toBeUndefined();
  });
});

describe('a check of all pages', () => {
  const file = (): Promise<Uint8Array> =>
    lab.encode(
      { t: table({ x: Array.from({ length: 3000 }, (_, i) => i) }), a: ndarray(new Float64Array(3000)) },
      'sqlite',
    );
  const options = { check: true };

  it('passes what this package writes and edits', async () => {
    await lab.decode(await file(), { options });
    const path = at('checked.sqlite');
    await lab.save(path, await lab.decode(await file()));
    const edited = await lab.edit(path);
    await edited.remove('/a');
    await edited.put('/b', ndarray(new Float64Array(100)));
    await edited.commit();
    await edited.close();
    await lab.load(path, { options });
  });

  it('finds a page with two uses, which reading takes as it stands', async () => {
    const bytes = await file();
    const pages = bytes.byteLength / 4096;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const root = Array.from({ length: pages }, (_, page) => page * 4096).find((page) => bytes[page] === 5)!;
    const first = root + view.getUint16(root + 12);
    const second = root + view.getUint16(root + 14);
    view.setUint32(second, view.getUint32(first));
    await lab.decode(bytes);
    await expect(lab.decode(bytes, { options })).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('twice'),
    });
  });

  it('finds a page without a use', async () => {
    const bytes = await file();
    const longer = new Uint8Array(bytes.byteLength + 4096);
    longer.set(bytes);
    new DataView(longer.buffer).setUint32(28, longer.byteLength / 4096);
    await lab.decode(longer);
    await expect(lab.decode(longer, { options })).rejects.toThrow('never used');
  });
});

describe('a new file', () => {
  it('may have pages of any size', async () => {
    const value = {
      t: table({ x: Array.from({ length: 2000 }, (_, i) => `text ${i}`) }),
      big: ndarray(new Float64Array(5000)),
    };
    for (const pageSize of [512, 1024, 8192, 65536]) {
      const bytes = await lab.encode(value, 'sqlite', { options: { pageSize } });
      expect(firstDifference(await lab.decode(bytes), value)).toBeUndefined();
      expect(bytes.byteLength % pageSize).toBe(0);
    }
    await expect(lab.encode(value, 'sqlite', { options: { pageSize: 1000 } })).rejects.toMatchObject({
      code: 'options',
    });
  });

  it('may have more tables than the first page has room for', async () => {
    const value = Object.fromEntries(
      Array.from({ length: 200 }, (_, i) => [`table_${i}`, table({ x: [i] })]),
    );
    const bytes = await lab.encode(value, 'sqlite');
    expect(firstDifference(await lab.decode(bytes), value)).toBeUndefined();
  });

  it('may have names longer than a page', async () => {
    const value = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`${i}${'n'.repeat(6000)}`, i]));
    const bytes = await lab.encode(value, 'sqlite');
    expect(firstDifference(await lab.decode(bytes), value)).toBeUndefined();
    const reader = await lab.open(bytes);
    expect(await reader.read(`/7${'n'.repeat(6000)}`)).toBe(7);
    await reader.close();
  });
});

it.skipIf(nodeDriver() !== undefined)(
  'the engine node says what it needs where Node has no SQLite',
  async () => {
    await expect(lab.encode({ a: 1 }, 'sqlite', { options: { engine: 'node' } })).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'node:sqlite',
    });
  },
);

it('the engines read what each other wrote', async () => {
  const value = {
    t: table([{ x: 1.5, n: 2n ** 62n, s: 'a\0b', b: Uint8Array.of(1, 0) }]),
    a: ndarray(new Int16Array([1, 2, 3])),
    v: { deep: [null, 'text'] },
  };
  const wasm = { options: { engine: 'wasm' } };
  const byNative = await lab.encode(value, 'sqlite');
  const byWasm = await lab.encode(value, 'sqlite', wasm);
  expect(firstDifference(await lab.decode(byNative, wasm), value)).toBeUndefined();
  expect(firstDifference(await lab.decode(byWasm), value)).toBeUndefined();
});

it.skipIf(nodeDriver() === undefined)(
  'node:sqlite edits where Node has it: this Node is older than 22.5',
  async () => {
    const database = nodeDriver()!.open(at('node.db'));
    database.exec('CREATE TABLE t(a INTEGER)');
    const statement = database.prepare('INSERT INTO t VALUES (?)');
    statement.run([5n]);
    statement.finalize();
    expect(Number(database.all('SELECT a FROM t')[0]!.a)).toBe(5);
    database.close();
    await expect(fileSource(at('node.db')).read([{ at: 0, length: 15 }])).resolves.toHaveLength(1);
  },
);

function doubled(one: Table): Table {
  return new Table(
    one.rows * 2,
    one.columns.map((column) => {
      const values = column.values as NDArray;
      const data = Array.isArray(values.data)
        ? [...values.data, ...values.data]
        : Float64Array.from([...(values.data as Float64Array), ...(values.data as Float64Array)]);
      return {
        ...column,
        values: new NDArray({ dtype: values.dtype, shape: [one.rows * 2], data: data as NDArray['data'] }),
      };
    }),
  );
}

/** A rollback journal of these pages (file format, 3). */
function journalOf(database: Buffer, pageSize: number, pages: readonly number[]): Buffer {
  const sector = 512;
  const header = Buffer.alloc(sector);
  header.set([0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7]);
  header.writeUInt32BE(pages.length, 8);
  header.writeUInt32BE(7, 12);
  header.writeUInt32BE(database.length / pageSize, 16);
  header.writeUInt32BE(sector, 20);
  header.writeUInt32BE(pageSize, 24);
  const records = pages.map((page) => {
    const record = Buffer.alloc(pageSize + 8);
    record.writeUInt32BE(page, 0);
    database.copy(record, 4, (page - 1) * pageSize, page * pageSize);
    let sum = 7;
    for (let i = pageSize - 200; i > 0; i -= 200) sum += record[4 + i]!;
    record.writeUInt32BE(sum, 4 + pageSize);
    return record;
  });
  return Buffer.concat([header, ...records]);
}

function writePage(path: string, page: number, bytes: Buffer): void {
  const whole = readFileSync(path);
  bytes.copy(whole, (page - 1) * bytes.length);
  writeFileSync(path, whole);
}
