import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, isTable, type Table } from '@formatlab/core';
import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import type { Side, SideInput } from './side.js';

type Row = Readonly<Record<string, string>>;
/** What the library is given. */
type RowToWrite = Record<string, unknown>;

/** A table as elements: rows with an element a column, as the library's users write it; typed columns when read. */
export function fastXmlParser({ value, operation, folder }: SideInput): Side {
  if (!isTable(value)) throw new TypeError('measure fast-xml-parser: the workload is no table');
  const path = join(folder, 'rows.xml');
  const rows = rowsOf(value);
  const builder = new XMLBuilder({});
  const write = (): void => writeFileSync(path, builder.build({ table: { row: rows } }));
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const parser = new XMLParser({ parseTagValue: false, isArray: (name) => name === 'row' });
      const parsed = parser.parse(readFileSync(path).toString('utf8')) as { table: { row: readonly Row[] } };
      return columnsOf(parsed.table.row);
    },
    wrong: (result) =>
      (result as ReturnType<typeof columnsOf>).id.length === value.rows ? undefined : 'rows are missing',
  };
}

/** Row objects ready to be written: numbers and times as text that reads back. */
function rowsOf(value: Table): readonly RowToWrite[] {
  const cells = value.columns.map((column) => [column, cellsOf(column)] as const);
  return Array.from({ length: value.rows }, (_, row) => {
    const record: RowToWrite = {};
    for (const [{ name, type }, cell] of cells) {
      const item = cell(row);
      record[name] =
        type.kind === 'scalar' && type.dtype === 'datetime64'
          ? String(item)
          : typeof item === 'bigint'
            ? String(item)
            : item;
    }
    return record;
  });
}

/** Typed columns from the texts of rows. */
function columnsOf(rows: readonly Row[]) {
  const { length } = rows;
  const id = new BigInt64Array(length);
  const reading = new Float64Array(length);
  const label = new Array<string>(length);
  const station = new Array<string>(length);
  const valid = new Uint8Array(length);
  const time = new BigInt64Array(length);
  for (let i = 0; i < length; i++) {
    const row = rows[i]!;
    id[i] = BigInt(row['id']!);
    reading[i] = Number(row['reading']);
    label[i] = row['label']!;
    station[i] = row['station']!;
    valid[i] = row['valid'] === 'true' ? 1 : 0;
    time[i] = BigInt(row['time']!);
  }
  return { id, reading, label, station, valid, time };
}
