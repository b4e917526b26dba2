export { decode{{Type}} } from './decode.js';
export { encode{{Type}} } from './encode.js';
export { {{constant}} } from './format.js';
export type { {{Type}}Options } from './options.js';
