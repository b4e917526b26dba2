import { DTYPES, type Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { options, type ProtobufOptions } from './options.js';
import { index } from './place-index.js';
import { probe } from './probe.js';
import { open } from './reader.js';

export const protobuf: Format<ProtobufOptions> = {
  id: 'protobuf',
  title: 'Protocol Buffers',
  extensions: ['.pb', '.binpb'],
  mediaTypes: ['application/protobuf', 'application/x-protobuf', 'application/vnd.google.protobuf'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: DTYPES, write: DTYPES },
    maxRank: 64,
    attributes: false,
    integrity: 'none',
    references: false,
    batches: { read: true, write: true },
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
};
