import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  concatTables,
  createLab,
  firstDifference,
  NDArray,
  ndarray,
  scalarType,
  Table,
  table,
} from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { ndjson } from '@formatlab/json';
import { parquet } from '@formatlab/parquet';
import { sqlite } from '@formatlab/sqlite';
import { afterAll, describe, expect, test } from 'vitest';

const lab = createLab([csv, ndjson, parquet, sqlite, hdf5]);
const folder = mkdtempSync(join(tmpdir(), 'append-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const part = (first: number, rows = 400): Table =>
  table({
    id: BigInt64Array.from({ length: rows }, (_, i) => BigInt(first + i)),
    x: Float64Array.from({ length: rows }, (_, i) => (first + i) / 4 + 0.1),
    name: Array.from({ length: rows }, (_, i) => `row ${first + i}`),
  });
async function* more(): AsyncGenerator<Table> {
  yield part(400);
  yield part(800);
}
const GROWN = concatTables([part(0), part(400), part(800)]);

describe('batches behind a file that is there', () => {
  test.each(lab.formats.all.map(({ id }) => id))(
    '%s: they are added by a commit, and gone without',
    async (format) => {
      const path = join(folder, `rows.${format}`);
      const options = format === 'hdf5' ? { resizable: true } : {};
      await lab.save(path, part(0), { format, options });
      const before = readFileSync(path);
      const given = await lab.edit(path);
      await given.writeBatches!('', more());
      await given.close();
      expect(readFileSync(path).equals(before)).toBe(true);
      const editor = await lab.edit(path);
      await editor.writeBatches!('', more());
      const { written } = await editor.commit();
      await editor.close();
      expect(written).toBeGreaterThan(0);
      expect(firstDifference(GROWN, await lab.load(path))).toBe(undefined);
      // And once more by what is already in hand.
      const last = await lab.edit(path);
      await last.append('', part(1200));
      await last.commit();
      await last.close();
      expect(firstDifference(concatTables([GROWN, part(1200)]), await lab.load(path))).toBe(undefined);
    },
  );

  test('a table of its own among other entries of an HDF5 file', async () => {
    const path = join(folder, 'entries.h5');
    await lab.save(path, { old: ndarray(Float64Array.of(1, 2, 3)) });
    const before = readFileSync(path);
    const given = await lab.edit(path);
    await given.writeBatches!('/run/rows', more());
    await given.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    const editor = await lab.edit(path);
    await editor.writeBatches!('/run/rows', more());
    await editor.commit();
    await editor.append('/run/rows', part(1200));
    await editor.commit();
    await editor.close();
    const found: Table[] = [];
    for await (const batch of lab.batches(`${path}#/run/rows`, { rows: 300 })) found.push(batch);
    expect(firstDifference(concatTables([part(400), part(800), part(1200)]), concatTables(found))).toBe(
      undefined,
    );
    expect(firstDifference(ndarray(Float64Array.of(1, 2, 3)), await lab.load(`${path}#/old`))).toBe(
      undefined,
    );
  });

  test('text with a NUL in a later batch of an HDF5 table is refused, and the file stays', async () => {
    async function* batches(): AsyncGenerator<Table> {
      yield table({ name: ['a'] });
      yield table({ name: ['a\0b'] });
    }
    const path = join(folder, 'nul.h5');
    await lab.save(path, part(0));
    await expect(lab.save(path, batches())).rejects.toMatchObject({
      code: 'unsupported',
      format: 'hdf5',
      feature: 'batches of another form',
    });
    expect(firstDifference(part(0), await lab.load(path))).toBe(undefined);
  });

  test('times that the type of the first Parquet batch does not hold are refused', async () => {
    const day = (ticks: bigint): Table => {
      const data = BigInt64Array.of(ticks);
      const values = new NDArray({ dtype: 'datetime64', unit: 'D', shape: [1], data });
      return new Table(1, [{ name: 'day', type: scalarType('datetime64', { unit: 'D' }), values }]);
    };
    async function* batches(): AsyncGenerator<Table> {
      yield day(1n);
      yield day(2n ** 40n);
    }
    await expect(lab.save(join(folder, 'far.parquet'), batches())).rejects.toMatchObject({
      code: 'unsupported',
      feature: 'times beyond those of the first batch',
    });
  });
});
