import { copyFileSync } from 'node:fs';
import {
  columnOfValues,
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
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
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
