export { sqlite } from './format.js';
export type { SqliteOptions } from './options.js';
export { removeStaleLock } from './sql/stale-lock.js';
