import { type DType, FIXED_DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { index } from './index-variables.js';
import { type MatlabOptions, options } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

const DTYPES: readonly DType[] = [
  ...FIXED_DTYPES.filter((dtype) => dtype !== 'float16'),
  'string',
  'bytes',
  'object',
];

/** MATLAB's MAT files: 4, 5, 7 and 7.3 are read, 5 and 7 written. */
export const matlab: Format<MatlabOptions> = {
  id: 'matlab',
  title: 'MATLAB MAT',
  extensions: ['.mat'],
  mediaTypes: ['application/x-matlab-data'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: DTYPES, write: DTYPES },
    maxRank: 32,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: false, write: false },
    list: 'scan',
    readOne: 'scan',
    slice: 'none',
    append: 'tail',
    update: 'rewrite',
  },
  options,
  probe,
  encode,
  decode,
  open,
  index,
  edit,
};
