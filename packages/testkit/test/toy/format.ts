import { crc32 } from 'node:zlib';
import { type Bytes, type Context, DTYPES, type Format, type Value } from '@formatlab/core';
import { edit } from './editor.js';
import {
  type Blob,
  checkMagic,
  checkSum,
  corrupt,
  indexBlob,
  indexBytes,
  MAGIC,
  parseIndex,
  TRAILER_BYTES,
} from './layout.js';
import { type Node, nodeOf } from './nodes.js';
import { open } from './reader.js';
import { decodeNode } from './values.js';

export interface ToyOptions {
  readonly note?: string;
}

/** A format of nobody's that holds everything, for the kit to be tried on. */
export const toy: Format<ToyOptions> = {
  id: 'toy',
  title: 'Toy',
  extensions: ['.toy'],
  mediaTypes: ['application/x-toy'],
  can: {
    roots: ['array', 'table', 'entries', 'tree'],
    dtypes: { read: DTYPES, write: DTYPES },
    maxRank: 6,
    attributes: true,
    integrity: 'checksum',
    references: false,
    batches: { read: false, write: false },
    list: 'index',
    readOne: 'seek',
    slice: 'contiguous',
    append: 'footer',
    update: 'in-place',
  },
  options: { note: { type: 'string', for: 'write', doc: 'A text that nobody reads.', default: '' } },
  probe({ head }) {
    return MAGIC.every((byte, i) => head[i] === byte) ? { score: 1, why: 'starts with TOY' } : undefined;
  },
  encode,
  decode,
  open,
  edit,
};

function encode(value: Value, context: Context<ToyOptions>): Bytes {
  const pieces: Uint8Array[] = [MAGIC];
  let at = MAGIC.byteLength;
  const node = nodeOf(value, (bytes) => {
    const blob = { at, length: bytes.byteLength, crc: crc32(bytes) };
    pieces.push(bytes);
    at += bytes.byteLength;
    context.progress(at);
    return blob;
  });
  return [...pieces, indexBytes(node)];
}

function decode(bytes: Uint8Array, context: Context<ToyOptions>): Value {
  checkMagic(bytes);
  if (bytes.byteLength < MAGIC.byteLength + TRAILER_BYTES)
    throw corrupt('read a toy file: it ends before its index', bytes.byteLength);
  const index = indexBlob(bytes.subarray(bytes.byteLength - TRAILER_BYTES), bytes.byteLength);
  context.budget.takeBytes(index.length, 'the index');
  const root = parseIndex(bytes.subarray(index.at, index.at + index.length), index) as Node;
  const fetch = (blob: Blob): Uint8Array => {
    if (blob.at + blob.length > index.at) throw corrupt('read an entry: it lies behind the index', blob.at);
    const piece = bytes.subarray(blob.at, blob.at + blob.length);
    checkSum(piece, blob, 'an entry');
    context.progress(blob.at + blob.length, bytes.byteLength);
    return piece;
  };
  return decodeNode(root, fetch, context.budget);
}
