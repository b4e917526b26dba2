export { text } from './format.js';
export type { TextOptions } from './options.js';
export { type DecodeTextOptions, decodeText, type EncodeTextOptions, encodeText } from './plain.js';
