export { decodeMat } from './decode.js';
export { encodeMat } from './encode.js';
export { matlab } from './format.js';
export type { MatlabOptions } from './options.js';
