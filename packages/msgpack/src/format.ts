import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { type MsgpackOptions, options } from './options.js';
import { index } from './place-index.js';
import { probe } from './probe.js';
import { open } from './reader.js';

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
    list: 'scan',
    readOne: 'scan',
    slice: 'contiguous',
    append: 'tail',
    update: 'in-place',
  },
  options,
  probe,
  encode,
  decode,
  open,
  index,
  edit,
};
