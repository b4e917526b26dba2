import {
  type Capabilities,
  type Context,
  type Engine,
  FormatError,
  fileSource,
  type Implementation,
} from '@formatlab/core';
import { capabilities } from '../capabilities.js';
import { editWith } from '../editor.js';
import type { SqliteOptions } from '../options.js';
import { nodeDriver, type SqlDriver, wasmDriver } from './driver.js';
import { SqlReader } from './sql-reader.js';

/** To slice a blob, SQLite reads all of it. */
const can: Capabilities = { ...capabilities, batches: { read: false, write: true }, slice: 'none' };

/** The WebAssembly build of SQLite, for everything. */
export const wasm: Engine<SqliteOptions> = {
  title: 'node-sqlite3-wasm',
  can,
  io: 'path',
  load: async () => implementationOf(await wasmDriver()),
};

/** The SQLite of Node 22.5 and later, for everything. */
export const node: Engine<SqliteOptions> = {
  title: 'node:sqlite',
  can,
  io: 'path',
  async load() {
    const driver = nodeDriver();
    if (driver === undefined)
      throw new FormatError('unsupported', "use engine 'node' of sqlite: this runtime has no node:sqlite", {
        format: 'sqlite',
        feature: 'node:sqlite',
        supported: ['Node 22.5 and later'],
      });
    return implementationOf(driver);
  },
};

function implementationOf(driver: SqlDriver): Implementation<SqliteOptions> {
  return {
    async encode(value, context) {
      const file = await context.temp();
      try {
        const editor = await editWith(driver, file, context);
        try {
          editor.put('', value);
          await editor.commit();
        } finally {
          await editor.close();
        }
        const source = fileSource(file.path);
        const [bytes] = source.readSync!([{ at: 0, length: source.size }]);
        await source.close();
        return bytes!;
      } finally {
        await file.close();
      }
    },
    async decode(bytes, context) {
      const file = await context.temp();
      try {
        await file.write(0, bytes);
        const reader = openReader(driver, file.path, context, () => {});
        try {
          reader.entries();
          return reader.read('');
        } finally {
          await reader.close();
        }
      } finally {
        await file.close();
      }
    },
    open: (source, context) => openReader(driver, source.path!, context, () => source.close()),
    edit: (sink, context) => editWith(driver, sink, context),
  };
}

function openReader(
  driver: SqlDriver,
  path: string,
  context: Context<SqliteOptions>,
  close: () => void | Promise<void>,
): SqlReader {
  const database = driver.open(path, true);
  try {
    database.exec('PRAGMA trusted_schema=OFF');
    return new SqlReader(database, context, () => {
      database.close();
      return close();
    });
  } catch (error) {
    database.close();
    throw error;
  }
}
