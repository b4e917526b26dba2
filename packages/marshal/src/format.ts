import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { type MarshalOptions, options } from './options.js';
import { probe } from './probe.js';

export const marshal: Format<MarshalOptions> = {
  id: 'marshal',
  title: 'Python marshal',
  extensions: ['.marshal', '.pyc'],
  mediaTypes: ['application/x-python-marshal'],
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
