import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { options, type PickleOptions } from './options.js';
import { probe } from './probe.js';

/** Python's pickle, protocols 0 to 5, as data: nothing is ever called. */
export const pickle: Format<PickleOptions> = {
  id: 'pickle',
  title: 'Python pickle',
  extensions: ['.pkl', '.pickle', '.p'],
  mediaTypes: ['application/x-python-pickle', 'application/python-pickle'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: DTYPES, write: DTYPES },
    maxRank: 64,
    attributes: false,
    integrity: 'none',
    references: true,
    batches: { read: false, write: false },
    list: 'whole',
    readOne: 'whole',
    slice: 'none',
    append: 'rewrite',
    update: 'rewrite',
  },
  options,
  probe,
  encode,
  decode,
};
