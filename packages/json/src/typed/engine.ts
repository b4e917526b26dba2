export { decode } from './decode.js';
export { encode } from './encode.js';
export { index, open } from './reader.js';
