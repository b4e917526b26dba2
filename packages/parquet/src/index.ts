export { decodeParquet } from './decode.js';
export { encodeParquet } from './encode.js';
export { parquet } from './format.js';
export type { ParquetOptions } from './options.js';
