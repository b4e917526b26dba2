import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Column, cellsOf, isNDArray, isTable, type NDArray, type Table } from '@formatlab/core';
import type { Side, SideInput } from './side.js';

const MICROSECONDS = 1000n;

/** Rows of cells, converted to typed columns: numbers as numbers, booleans, times in ms, as our side types them. */
export async function papaparseTable({ value, operation, folder }: SideInput): Promise<Side> {
  const { default: papa } = await import('papaparse');
  const table = tableOf(value);
  const rows = rowsOf(table);
  const path = join(folder, 'rows.csv');
  const write = (): void => writeFileSync(path, papa.unparse(rows, { newline: '\n' }));
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const { data } = papa.parse<string[]>(readFileSync(path).toString('utf8'));
      return columnsOf(data);
    },
    wrong: (result) => wrongReadings(table, (result as ReturnType<typeof columnsOf>).reading),
  };
}

/** Its own typed columns, by its own schema: numbers, booleans and dates are converted by it. */
export async function udsv({ value, folder }: SideInput): Promise<Side> {
  const { default: papa } = await import('papaparse');
  const { inferSchema, initParser } = await import('udsv');
  const table = tableOf(value);
  const path = join(folder, 'rows.csv');
  writeFileSync(path, papa.unparse(rowsOf(table), { newline: '\n' }));
  return {
    run() {
      const text = readFileSync(path).toString('utf8');
      return initParser(inferSchema(text)).typedCols(text);
    },
    // Columns in the order of the file.
    wrong: (result) => wrongReadings(table, (result as unknown as readonly number[][])[1]!),
  };
}

function tableOf(value: SideInput['value']): Table {
  if (!isTable(value)) throw new TypeError('measure tables of CSV: the workload is no table');
  return value;
}

function dataOf({ values }: Column): NDArray['data'] {
  if (!isNDArray(values)) throw new TypeError('measure tables of CSV: a column is no array');
  return values.data;
}

function wrongReadings({ columns }: Table, found: ArrayLike<number>): string | undefined {
  // The second column of the workload is its float64.
  const readings = dataOf(columns[1]!) as Float64Array;
  const same = found.length === readings.length && readings.every((reading, row) => found[row] === reading);
  return same ? undefined : 'other readings';
}

/** The header and the rows, ready to be written: times as ISO 8601 text. */
function rowsOf({ columns, rows }: Table): (string | number)[][] {
  const cells = columns.map((column) => {
    const cell = cellsOf(column);
    const time = column.type.kind === 'scalar' && column.type.dtype === 'datetime64';
    // Asked for times alone.
    const ticks = (time ? dataOf(column) : undefined) as BigInt64Array;
    return (row: number): string | number => {
      if (time) return isoOf(ticks[row]!);
      const item = cell(row);
      return typeof item === 'number' ? item : String(item);
    };
  });
  const body = Array.from({ length: rows }, (_, row) => cells.map((cell) => cell(row)));
  return [columns.map(({ name }) => name), ...body];
}

/** Microseconds from 1970, which lie behind it in the workload. */
function isoOf(ticks: bigint): string {
  const digits = String(ticks % MICROSECONDS).padStart(3, '0');
  return `${new Date(Number(ticks / MICROSECONDS)).toISOString().slice(0, -1)}${digits}Z`;
}

function columnsOf(rows: readonly string[][]) {
  const length = rows.length - 1;
  const id = new Float64Array(length);
  const reading = new Float64Array(length);
  const label = new Array<string>(length);
  const station = new Array<string>(length);
  const valid = new Uint8Array(length);
  const time = new Float64Array(length);
  for (let i = 0; i < length; i++) {
    const row = rows[i + 1]!;
    id[i] = Number(row[0]);
    reading[i] = Number(row[1]);
    label[i] = row[2]!;
    station[i] = row[3]!;
    valid[i] = row[4] === 'true' ? 1 : 0;
    time[i] = Date.parse(row[5]!);
  }
  return { id, reading, label, station, valid, time };
}
