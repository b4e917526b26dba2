import { type DType, FIXED_DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { type Hdf5Options, options } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

const DTYPES: readonly DType[] = [...FIXED_DTYPES, 'string', 'bytes'];

/** HDF5: written by this package, read and edited with the HDF5 library (h5wasm). */
export const hdf5: Format<Hdf5Options> = {
  id: 'hdf5',
  title: 'HDF5',
  extensions: ['.h5', '.hdf5', '.hdf', '.nc'],
  mediaTypes: ['application/x-hdf5', 'application/x-netcdf'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: [...DTYPES, 'object'], write: DTYPES },
    maxRank: 32,
    attributes: true,
    integrity: 'none',
    references: true,
    batches: { read: false, write: false },
    list: 'index',
    readOne: 'seek',
    slice: 'chunk',
    append: 'footer',
    update: 'in-place',
  },
  io: 'sync',
  options,
  probe,
  encode,
  decode,
  open,
  edit,
};
