import type { NDArray, Table, Value } from '@formatlab/core';
import {
  bytesOfArray,
  float64OfBytes,
  type NamedArray,
  namedArray,
  namedArrays,
  valueOfArrays,
} from '../arrays.js';
import { cellReaders, columnsOfRows, tableOfColumns } from '../columns.js';
import { arraysOfOutline, isFloat64, isPlainTable } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

const MAKE = 'CREATE TABLE arrays (name TEXT PRIMARY KEY, data BLOB)';
const PUT = 'INSERT INTO arrays VALUES (?, ?)';
const GET = 'SELECT data FROM arrays WHERE name = ?';

/** Arrays as blobs, a table as a table, all rows as objects. */
export async function sqliteWasm(): Promise<NodePeer> {
  const { Database } = (await import('node-sqlite3-wasm')).default;
  type Open = InstanceType<typeof Database>;
  const put = (database: Open, { name, data }: NamedArray): void => {
    database.run(PUT, [name, bytesOfArray(data)]);
  };
  const get = (database: Open, name: string): Float64Array =>
    float64OfBytes(database.get(GET, name)?.['data'] as Uint8Array);
  const reading = <T>(path: string, work: (database: Open) => T): T => {
    const database = new Database(path, { readOnly: true });
    const found = work(database);
    database.close();
    return found;
  };
  return (outline) => {
    if (isPlainTable(outline)) {
      return peerWork({
        given: rowsOf,
        write(path, { names, rows }) {
          const database = new Database(path);
          database.exec(`CREATE TABLE data (${names.map((name) => `"${name}"`).join(', ')}); BEGIN`);
          const insert = database.prepare(`INSERT INTO data VALUES (${names.map(() => '?').join(', ')})`);
          for (const row of rows) insert.run(row);
          insert.finalize();
          database.exec('COMMIT');
          database.close();
        },
        read: (path) =>
          reading(path, (database) =>
            columnsOfRows(outline, database.all('SELECT * FROM data') as Record<string, unknown>[]),
          ),
        value: (found) => tableOfColumns(outline, found, 'ticks'),
      });
    }
    if (!isFloat64(outline)) return undefined;
    return peerWork({
      given: namedArrays,
      write(path, arrays) {
        const database = new Database(path);
        database.exec(`${MAKE}; BEGIN`);
        for (const array of arrays) put(database, array);
        database.exec('COMMIT');
        database.close();
      },
      read: (path) =>
        reading(path, (database) => arraysOfOutline(outline).map(({ name }) => get(database, name))),
      value: (found) => valueOfArrays(outline, found),
      readOne: (path, name) => reading(path, (database) => get(database, name)),
      append(path, name, array: NDArray) {
        const database = new Database(path);
        put(database, namedArray(name, array));
        database.close();
      },
    });
  };
}

type SqlCell = string | number | bigint | boolean;

function rowsOf(value: Value): { names: readonly string[]; rows: readonly SqlCell[][] } {
  const { columns, rows } = value as Table;
  const cells = cellReaders(value, 'ticks');
  return {
    names: columns.map(({ name }) => name),
    rows: Array.from({ length: rows }, (_, row) => cells.map((cell) => cell(row))),
  };
}
