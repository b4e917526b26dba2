import { copyFileSync, readFileSync } from 'node:fs';
import {
  countingSource,
  createLab,
  type Entry,
  fileSource,
  firstDifference,
  isFormatError,
  type NDArray,
  ndarray,
  type ValueRecord,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';
import { loadDriver } from '../src/sql/driver.js';
import { testFolder } from './folder.js';

// Arrays of 8,000 bytes lie on overflow pages between those of the table: 300 of them are 2.4 MB.
const COUNT = 300;
const lab = createLab([sqlite]);
const at = testFolder();

describe('the index that arrays are listed by', () => {
  it('is in a new file, and spares the pages of the rows', async () => {
    const path = await save('new.sqlite', arrays(COUNT));
    expect(await indexesOf(path)).toContain('formatlab_arrays_list');
    const { entries, bytes } = await list(path);
    expect(entries).toEqual(entriesOf(arrays(COUNT)));
    expect(bytes).toBeLessThan(60_000);
    expect(firstDifference(await lab.load(path), arrays(COUNT))).toBeUndefined();
  });

  it('is not needed: a file without it is listed from its rows', async () => {
    const path = await save('old.sqlite', arrays(COUNT));
    await run(path, 'DROP INDEX formatlab_arrays_list');
    const { entries, bytes } = await list(path);
    expect(entries).toEqual(entriesOf(arrays(COUNT)));
    expect(bytes).toBeGreaterThan(COUNT * 1000);
  });

  it('is kept by SQL of others, whose arrays stand where they were added', async () => {
    const path = await save('others.sqlite', arrays(COUNT));
    await run(
      path,
      `INSERT INTO formatlab_arrays SELECT 'added', '<f4', '[2,1000]', data FROM formatlab_arrays WHERE name = 'a7'`,
      `DELETE FROM formatlab_arrays WHERE name = 'a8'`,
      `UPDATE formatlab_arrays SET name = 'called', shape = '[10,100]' WHERE name = 'a9'`,
    );
    const { entries } = await list(path);
    const { a8: _, ...left } = arrays(COUNT);
    const expected = entriesOf(left).map((entry) =>
      entry.path === '/a9' ? { ...entry, path: '/called', shape: [10, 100] } : entry,
    );
    expect(entries).toEqual([
      ...expected,
      { path: '/added', kind: 'array', dtype: 'float32', shape: [2, 1000] },
    ]);
  });

  it('is read by SQLite too, and all engines list in one order', async () => {
    const path = await save('engines.sqlite', arrays(COUNT));
    const file = await lab.open(path, { options: { engine: 'wasm' } });
    expect(await file.entries()).toEqual(entriesOf(arrays(COUNT)));
    await file.close();
  });

  it('is kept and made by the editor, which leaves a large file without it alone', async () => {
    const path = await save('edited.sqlite', arrays(COUNT));
    const old = at('edited-old.sqlite');
    copyFileSync(path, old);
    await run(old, 'DROP INDEX formatlab_arrays_list');
    const grown = at('grown.sqlite');
    for (const each of [path, old]) {
      const editor = await lab.edit(each);
      await editor.put('/a3', ndarray(new Float32Array(6), [2, 3]));
      await editor.remove('/a4');
      await editor.put('/more', ndarray(new Int16Array(9)));
      await editor.commit();
      await editor.close();
    }
    const { a4: _, ...kept } = arrays(COUNT);
    const expected = entriesOf({
      ...kept,
      a3: ndarray(new Float32Array(6), [2, 3]),
      more: ndarray(new Int16Array(9)),
    });
    expect((await list(path)).entries).toEqual(expected);
    expect((await list(path)).bytes).toBeLessThan(60_000);
    expect((await list(old)).entries).toEqual(expected);
    expect(await indexesOf(old)).not.toContain('formatlab_arrays_list');

    for (const [name, array] of Object.entries(arrays(20))) {
      const editor = await lab.edit(grown);
      await editor.put(`/${name}`, array);
      await editor.commit();
      await editor.close();
    }
    expect(await indexesOf(grown)).toContain('formatlab_arrays_list');
    expect((await list(grown)).entries).toEqual(entriesOf(arrays(20)));
  });

  it('is left out where it would take more than it spares', async () => {
    const small = Object.fromEntries(
      Array.from({ length: COUNT }, (_, i) => [`s${i}`, ndarray(new Float64Array(2))]),
    );
    for (const [name, value] of [
      ['small', small],
      ['few', arrays(3)],
    ] as const) {
      const path = await save(`${name}.sqlite`, value);
      expect(await indexesOf(path)).not.toContain('formatlab_arrays_list');
      expect((await list(path)).entries).toEqual(entriesOf(value));
    }
  });

  it('holds names of any length and letters, on pages of any size', async () => {
    const long = Object.fromEntries(
      Array.from({ length: 60 }, (_, i) => [
        `${['é', 'z', '𝄞', '\uffee'][i % 4]}${'n'.repeat((i * 37) % 1500)}${i}`,
        ndarray(new Int8Array(2048).fill(i), [2, ...new Array<number>(i).fill(1), 1024]),
      ]),
    );
    for (const pageSize of [512, 65536]) {
      const path = at(`long-${pageSize}.sqlite`);
      await lab.save(path, long, { format: 'sqlite', options: { pageSize } });
      expect(await indexesOf(path)).toContain('formatlab_arrays_list');
      expect((await list(path)).entries).toEqual(entriesOf(long));
    }
  });

  it('is refused where it is damaged, or read as it stands', async () => {
    const path = await save('damaged.sqlite', arrays(40));
    const good = readFileSync(path);
    // The last page of a new file is the index.
    for (let place = good.length - 4096; place < good.length; place += 3) {
      const bad = Uint8Array.from(good);
      bad[place]! ^= 0x85;
      try {
        const file = await lab.open(bad, { format: 'sqlite' });
        expect((await file.entries()).length).toBeLessThanOrEqual(600);
      } catch (error) {
        expect(isFormatError(error), String(error)).toBe(true);
      }
    }
  });

  it('is not taken for one that has other rows or columns', async () => {
    const path = await save('partial.sqlite', arrays(COUNT));
    for (const on of [
      `(name, dtype, shape) WHERE name > 'a2'`,
      `(name, lower(dtype), shape)`,
      `(lower(name), name, dtype, shape)`,
    ]) {
      await run(
        path,
        'DROP INDEX formatlab_arrays_list',
        `CREATE INDEX formatlab_arrays_list ON formatlab_arrays ${on}`,
      );
      expect((await list(path)).entries, on).toEqual(entriesOf(arrays(COUNT)));
    }
    // One of another name and order will do.
    await run(
      path,
      'DROP INDEX formatlab_arrays_list',
      'CREATE INDEX mine ON formatlab_arrays (shape DESC, dtype COLLATE NOCASE, name)',
    );
    const { entries, bytes } = await list(path);
    expect(entries).toEqual(entriesOf(arrays(COUNT)));
    expect(bytes).toBeLessThan(60_000);
  });
});

it('values are listed by the index of their names', async () => {
  const value = Object.fromEntries(
    Array.from({ length: 100 }, (_, i) => [`v${i}`, { text: 'x'.repeat(9000) }]),
  );
  // An array among them makes the record a group, and each value an entry.
  const path = await save('values.sqlite', { ...value, a: ndarray(new Float64Array(1)) });
  const { entries, bytes } = await list(path);
  expect(entries.map((entry) => entry.path)).toEqual(['/a', ...Object.keys(value).map((name) => `/${name}`)]);
  expect(bytes).toBeLessThan(60_000);
});

/** Names in an order that is not that of the index. */
function arrays(count: number): Record<string, NDArray> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `a${(i * 7) % count}`,
      ndarray(new Float64Array(1000).fill(i), [100, 10]),
    ]),
  );
}

function entriesOf(value: Record<string, NDArray>): Entry[] {
  return Object.entries(value).map(([name, { dtype, shape }]) => ({
    path: `/${name}`,
    kind: 'array',
    dtype,
    shape,
  }));
}

async function save(name: string, value: ValueRecord): Promise<string> {
  const path = at(name);
  await lab.save(path, value, { format: 'sqlite' });
  return path;
}

async function list(path: string): Promise<{ readonly entries: readonly Entry[]; readonly bytes: number }> {
  await run(path);
  const { source, counts } = countingSource(fileSource(path));
  const file = await lab.open(source, { format: 'sqlite' });
  const entries = await file.entries();
  await file.close();
  await source.close();
  return { entries, bytes: counts.bytesRead };
}

/** Runs SQL by SQLite itself, which then has to find the file in order. */
async function run(path: string, ...statements: readonly string[]): Promise<void> {
  const database = (await loadDriver()).open(path);
  for (const statement of statements) database.exec(statement);
  expect(database.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  database.close();
}

async function indexesOf(path: string): Promise<unknown[]> {
  const database = (await loadDriver()).open(path, true);
  const names = database.all(`SELECT name FROM sqlite_master WHERE type = 'index'`).map(({ name }) => name);
  database.close();
  return names;
}
