import { Budget, bytesSource, joinBytes, newRecord, type Value } from '@formatlab/core';
import { buildDatabase } from './encode.js';
import { databaseOfBytes } from './file/database.js';
import { type Job, runNow } from './file/job.js';
import { readCatalog } from './layout/catalog.js';
import { ARRAYS, TABLES, VALUES } from './layout/names.js';
import { planValue } from './layout/plan.js';
import { readUnder } from './layout/read-root.js';
import { pageSizeOf, type SqliteOptions } from './options.js';

/** The bytes of a new database, without the lab. @throws FormatError `unsupported` */
export function encodeSqlite(
  value: Value,
  options: Pick<SqliteOptions, 'pageSize' | 'table'> = {},
): Uint8Array {
  const plan = planValue(value, '', new Budget(), {
    table: options.table ?? 'data',
    taken: new Set([ARRAYS, VALUES, TABLES]),
  });
  return joinBytes(buildDatabase(plan, pageSizeOf(options)));
}

/**
 * All that a database holds, without the lab. What is computed (views, virtual tables) is left out.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `limit`
 */
export function decodeSqlite(bytes: Uint8Array, budget: Budget = new Budget()): Value {
  return runNow(readAll(bytes, budget), bytesSource(bytes).readSync!);
}

function* readAll(bytes: Uint8Array, budget: Budget): Job<Value> {
  const database = yield* databaseOfBytes(bytes, undefined, budget);
  const context = { loss() {}, options: {}, formats: NO_FORMATS };
  const value = yield* readUnder(database, yield* readCatalog(database), '', context);
  return value === undefined ? newRecord() : value;
}

const NO_FORMATS = {
  all: [],
  has: () => false,
  get(): never {
    throw new Error('decodeSqlite has no other formats');
  },
};
