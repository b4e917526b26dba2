export { decodeJson } from './decode.js';
export { encodeJson } from './encode.js';
export { json } from './format.js';
export { ndjson } from './lines/format.js';
export type { JsonOptions, NdjsonOptions } from './options.js';
