import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { type MsgpackOptions, options } from './options.js';
import { probe } from './probe.js';

export const msgpack: Format<MsgpackOptions> = {
  id: 'msgpack',
  title: 'MessagePack',
  extensions: ['.msgpack', '.mpk', '.mp'],
  mediaTypes: ['application/vnd.msgpack', 'application/msgpack', 'application/x-msgpack'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: DTYPES, write: DTYPES },
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
