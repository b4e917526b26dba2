import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { options, type PickleOptions } from './options.js';
import { index } from './pickle-index.js';
import { probe } from './probe.js';
import { open } from './reader.js';

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
    list: 'scan',
    readOne: 'scan',
    slice: 'contiguous',
    append: 'tail',
    update: 'tail',
  },
  options,
  probe,
  encode,
  decode,
  open,
  index,
  edit,
  io: 'restartable',
};
