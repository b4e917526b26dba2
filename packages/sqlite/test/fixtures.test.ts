import { readdirSync, readFileSync } from 'node:fs';
import { cellsOf, createLab, isTable, type Table, type Value } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { sqlite } from '../src/index.js';

const folder = new URL('./fixtures/', import.meta.url);
const lab = createLab([sqlite]);
const files = readdirSync(folder).filter((file) => file.endsWith('.db'));

type Expected = Readonly<Record<string, { readonly columns: string[]; readonly rows: unknown[][] }>>;

describe('files that Python wrote', () => {
  it.each(files)('%s holds what Python says', async (file) => {
    const expected = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Expected;
    const value = (await lab.load(new URL(file, folder).pathname)) as Readonly<Record<string, Value>>;
    for (const [name, { columns, rows }] of Object.entries(expected)) {
      const table = value[name];
      if (!isTable(table)) throw new Error(`no table '${name}'`);
      expect(table.columns.map((column) => column.name)).toEqual(columns);
      expect(rowsOf(table, rows)).toEqual(rows);
    }
  });

  it.each(files)('%s passes a check of all pages', async (file) => {
    const path = new URL(file, folder).pathname;
    const reader = await lab.open(path, { options: { check: true } });
    expect((await reader.entries()).length).toBeGreaterThan(0);
    await reader.close();
  });

  it.each(files)('%s gives rows and columns without the rest', async (file) => {
    const path = new URL(file, folder).pathname;
    const expected = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Expected;
    const reader = await lab.open(path);
    for (const [name, { columns, rows }] of Object.entries(expected)) {
      const last = columns.at(-1)!;
      const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      for (const [start, stop, step] of [
        [1, 3, 1],
        [0, rows.length, 7],
        [Math.max(0, rows.length - 2), rows.length, 1],
      ] as const) {
        const table = await reader.read(pointer, { slice: [{ start, stop, step }], columns: [last] });
        if (!isTable(table)) throw new Error(`no table '${name}'`);
        const wanted = rows.slice(start, stop).filter((_, row) => row % step === 0);
        expect(
          rowsOf(
            table,
            wanted.map((row) => row.slice(-1)),
          ),
        ).toEqual(wanted.map((row) => row.slice(-1)));
      }
    }
    await reader.close();
  });
});

/** Cells as the expected file has them; integers that stand in a column of doubles or flags keep their value. */
function rowsOf(table: Table, expected: readonly (readonly unknown[])[]): unknown[][] {
  const cells = table.columns.map(cellsOf);
  return Array.from({ length: table.rows }, (_, row) =>
    cells.map((cell, i) => tagged(cell(row), expected[row]?.[i])),
  );
}

function tagged(value: Value, expected: unknown): unknown {
  const isInteger = typeof expected === 'object' && expected !== null && '$int' in expected;
  if (typeof value === 'boolean') return { $int: value ? '1' : '0' };
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (typeof value === 'number') return isInteger ? { $int: String(value) } : { $float: pythonFloat(value) };
  if (value instanceof Uint8Array) return { $hex: Buffer.from(value).toString('hex') };
  return value;
}

function pythonFloat(value: number): string {
  if (value === Number.POSITIVE_INFINITY) return 'inf';
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
