import { readdirSync, readFileSync } from 'node:fs';
import {
  attributesOf,
  type ColumnType,
  createLab,
  firstDifference,
  isTable,
  sliceTable,
  type Table,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { parquet } from '../src/index.js';
import { type Cell, cellsOfTable, sameCell } from './cells.js';

/** What `make-fixtures.py` says of a file. */
interface Expected {
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly values: readonly Cell[];
  }[];
  readonly attributes: Readonly<Record<string, string>>;
}

const folder = new URL('./fixtures/', import.meta.url);
const lab = createLab([parquet]);
const files = readdirSync(folder).filter((file) => file.endsWith('.parquet'));
const pathOf = (file: string): string => new URL(file, folder).pathname;
const expectedOf = (file: string): Expected =>
  JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Expected;

describe('files that pyarrow wrote', () => {
  it.each(files)('%s holds what pyarrow says', async (file) => {
    const expected = expectedOf(file);
    const table = (await lab.load(pathOf(file), { options: { verify: 'always' } })) as Table;
    expect(isTable(table) && table.rows).toBe(expected.rows);
    expect(table.columns.map(({ name, type }) => ({ name, type }))).toEqual(
      expected.columns.map(({ name, type }) => ({ name, type })),
    );
    expect(attributesOf(table)).toEqual(expected.attributes);
    const cells = cellsOfTable(table);
    for (const [i, column] of expected.columns.entries()) {
      for (const [row, cell] of column.values.entries()) {
        if (!sameCell(cells[i]![row]!, cell))
          expect({ column: column.name, row, cell: cells[i]![row] }).toEqual({
            column: column.name,
            row,
            cell,
          });
      }
    }
  });

  it.each(files)('%s can be read in slices and single columns', async (file) => {
    const whole = (await lab.load(pathOf(file))) as Table;
    const open = await lab.open(pathOf(file));
    for (const slice of ['0:1', '3:17', '1::3', '-2:', '2:2']) {
      expect(firstDifference(await open.read('', { slice }), sliceTable(whole, { slice }))).toBeUndefined();
    }
    for (const { name } of whole.columns) {
      const selection = { columns: [name], slice: '1:40' };
      expect(firstDifference(await open.read('', selection), sliceTable(whole, selection))).toBeUndefined();
    }
    await open.close();
  });

  it.each(files)('%s survives being written and read again', async (file) => {
    const table = await lab.load(pathOf(file));
    const again = await lab.decode(await lab.encode(table, 'parquet', { strict: true }), {
      format: 'parquet',
    });
    expect(firstDifference(table, again, { attributes: true })).toBeUndefined();
  });
});
