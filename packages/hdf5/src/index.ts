export { hdf5 } from './format.js';
export type { Hdf5Options } from './options.js';
