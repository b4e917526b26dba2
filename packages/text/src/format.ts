import type { DType, Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { options, type TextOptions } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

const DTYPES: readonly DType[] = ['int64', 'float64', 'complex128', 'string'];

/** Text of numbers as NumPy's `savetxt` and `loadtxt` have it, and plain lines. */
export const text: Format<TextOptions> = {
  id: 'text',
  title: 'Text',
  extensions: ['.txt', '.dat'],
  mediaTypes: ['text/plain'],
  can: {
    roots: ['array'],
    dtypes: { read: DTYPES, write: DTYPES },
    maxRank: 2,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: false, write: false },
    list: 'whole',
    readOne: 'whole',
    slice: 'none',
    append: 'tail',
    update: 'rewrite',
  },
  options,
  probe,
  encode,
  decode,
  open,
  edit,
};
