export { hdf5 } from './format.js';
export { decodeHdf5, encodeHdf5, type Hdf5Call, openHdf5 } from './functions.js';
export type { Hdf5Options } from './options.js';
