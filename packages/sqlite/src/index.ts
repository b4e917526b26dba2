export { sqlite } from './format.js';
export type { SqliteOptions } from './options.js';
