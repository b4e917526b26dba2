import { type Capabilities, type DType, FIXED_DTYPES, type Format } from '@formatlab/core';
import { decode, decodeWithLibrary } from './decode.js';
import { edit, editWithLibrary } from './editor.js';
import { encode } from './encode.js';
import { loadEngine } from './library/engine.js';
import { type Hdf5Options, options } from './options.js';
import { probe } from './probe.js';
import { open, openWithLibrary } from './reader.js';

const DTYPES: readonly DType[] = [...FIXED_DTYPES, 'string', 'bytes'];

const can: Capabilities = {
  roots: ['array', 'table', 'entries', 'tree'],
  dtypes: { read: [...DTYPES, 'object'], write: DTYPES },
  maxRank: 32,
  attributes: true,
  integrity: 'none',
  references: true,
  batches: { read: true, write: true },
  list: 'index',
  readOne: 'seek',
  slice: 'chunk',
  append: 'footer',
  update: 'in-place',
};

/** HDF5: written and read by this package; what it does not know is left to the HDF5 library (h5wasm). */
export const hdf5: Format<Hdf5Options> = {
  id: 'hdf5',
  title: 'HDF5',
  extensions: ['.h5', '.hdf5', '.hdf', '.nc'],
  mediaTypes: ['application/x-hdf5', 'application/x-netcdf'],
  can,
  io: 'restartable',
  options,
  probe,
  encode,
  decode,
  open,
  edit,
  engines: {
    h5wasm: {
      title: 'The HDF5 library (h5wasm)',
      can,
      io: 'sync',
      async load() {
        await loadEngine();
        return { encode, decode: decodeWithLibrary, open: openWithLibrary, edit: editWithLibrary };
      },
    },
  },
  defaultEngine: 'native',
};
