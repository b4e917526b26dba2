import { bytesSource, type Context, newRecord, type Value } from '@formatlab/core';
import { databaseOfBytes } from './file/database.js';
import { type Job, runNow } from './file/job.js';
import { readCatalog } from './layout/catalog.js';
import { readUnder, reportDropped } from './layout/read-root.js';
import type { SqliteOptions } from './options.js';

/**
 * All tables, arrays and values of a database, a record by name; a single array or table where that was written.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `limit`
 */
export function decode(bytes: Uint8Array, context: Context<SqliteOptions>): Value {
  return runNow(read(bytes, context), bytesSource(bytes).readSync!);
}

function* read(bytes: Uint8Array, context: Context<SqliteOptions>): Job<Value> {
  const database = yield* databaseOfBytes(bytes, context.path, context.budget, context.options.check);
  const catalog = yield* readCatalog(database);
  reportDropped(database, context);
  const value = yield* readUnder(database, catalog, '', context);
  // A null may stand at the root.
  return value === undefined ? newRecord() : value;
}
