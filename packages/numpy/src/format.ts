import { type DType, FIXED_DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { type NumpyOptions, options } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

const DTYPES: readonly DType[] = [...FIXED_DTYPES, 'string', 'bytes'];

/** NumPy's npy (NEP 1, versions 1.0 to 3.0) and npz. */
export const numpy: Format<NumpyOptions> = {
  id: 'numpy',
  title: 'NumPy npy and npz',
  extensions: ['.npy', '.npz'],
  mediaTypes: ['application/x-npy', 'application/x-npz'],
  can: {
    roots: ['array', 'table', 'entries'],
    dtypes: { read: [...DTYPES, 'object'], write: DTYPES },
    maxRank: 64,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: false, write: false },
    list: 'index',
    readOne: 'seek',
    slice: 'contiguous',
    append: 'footer',
    update: 'tail',
  },
  options,
  probe,
  encode,
  decode,
  open,
  edit,
};
