import { FIXED_DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { options, type {{Type}}Options } from './options.js';
import { probe } from './probe.js';

/** {{Title}}: the whole plugin. The conformance kit measures every claim under `can`. */
export const {{constant}}: Format<{{Type}}Options> = {
  id: '{{id}}',
  title: '{{Title}}',
  extensions: ['.{{id}}'],
  mediaTypes: ['application/x-{{id}}'],
  can: {
    roots: ['array'],
    dtypes: { read: FIXED_DTYPES, write: FIXED_DTYPES },
    maxRank: 64,
    attributes: false,
    integrity: 'none',
    references: false,
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
