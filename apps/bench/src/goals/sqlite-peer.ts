import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { cellsOf, type Table } from '@formatlab/core';
import { float64Of, type Side, type SideInput } from './side.js';

/** The library that SQLite's plugin edits with, used directly: the array as a blob. */
export async function sqliteWasm({ value, operation, folder }: SideInput): Promise<Side> {
  const { Database } = (await import('node-sqlite3-wasm')).default;
  const path = join(folder, 'direct.sqlite');
  const { buffer, byteOffset, byteLength } = float64Of(value);
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  const write = (): void => {
    const database = new Database(path);
    database.exec('CREATE TABLE arrays (name TEXT PRIMARY KEY, data BLOB)');
    database.run('INSERT INTO arrays VALUES (?, ?)', ['data', bytes]);
    database.close();
  };
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const database = new Database(path, { readOnly: true });
      const blob = database.get('SELECT data FROM arrays WHERE name = ?', 'data')?.data as Uint8Array;
      database.close();
      return new Float64Array(blob.buffer, blob.byteOffset, blob.byteLength / 8);
    },
  };
}

/** All rows of a table as objects, put into columns. */
export async function sqliteWasmTable({ value, operation, folder }: SideInput): Promise<Side> {
  const { Database } = (await import('node-sqlite3-wasm')).default;
  const path = join(folder, 'direct-table.sqlite');
  const { columns, rows } = value as Table;
  const names = columns.map((_, i) => `c${i}`);
  const cells = columns.map(cellsOf);
  const write = (): void => {
    const database = new Database(path);
    database.exec(`CREATE TABLE data (${names.join(', ')}); BEGIN`);
    const insert = database.prepare(`INSERT INTO data VALUES (${names.map(() => '?').join(', ')})`);
    for (let row = 0; row < rows; row++)
      insert.run(
        cells.map((cell) => {
          const plain = cell(row);
          return typeof plain === 'object' ? String(plain) : plain;
        }),
      );
    insert.finalize();
    database.exec('COMMIT');
    database.close();
  };
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const database = new Database(path, { readOnly: true });
      const found = database.all('SELECT * FROM data');
      database.close();
      return names.map((name) => {
        const column = found.map((row) => row[name]);
        return typeof column[0] === 'number' ? Float64Array.from(column as number[]) : column;
      });
    },
  };
}
