export { numpy } from './format.js';
export { decodeNpy } from './npy/decode.js';
export { encodeNpy } from './npy/encode.js';
export { decodeNpz } from './npz/decode.js';
export { encodeNpz } from './npz/encode.js';
export type { NumpyOptions } from './options.js';
