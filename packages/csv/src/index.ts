export { decodeCsv } from './decode-csv.js';
export { encodeCsv } from './encode-csv.js';
export { csv } from './format.js';
export type { ColumnTypes, CsvOptions } from './options.js';
