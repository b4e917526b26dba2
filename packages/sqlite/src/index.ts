export { sqlite } from './format.js';
export { decodeSqlite, encodeSqlite } from './functions.js';
export type { SqliteOptions } from './options.js';
export { removeStaleLock } from './sql/stale-lock.js';
