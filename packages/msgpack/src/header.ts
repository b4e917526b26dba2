import { FormatError } from '@formatlab/core';
import {
  ARRAY16,
  ARRAY32,
  BIN8,
  BIN16,
  BIN32,
  EXT8,
  EXT16,
  EXT32,
  FIXARRAY,
  FIXEXT1,
  FIXSTR,
  FLOAT32,
  FLOAT64,
  INT8,
  INT64,
  MAP16,
  MAP32,
  NEGATIVE_FIXINT,
  NEVER_USED,
  NIL,
  STR8,
  STR16,
  STR32,
  TRUE,
  UINT8,
  UINT64,
} from './spec.js';

/** What the first bytes of a value say, without its content. */
export interface Header {
  readonly kind: 'nil' | 'bool' | 'int' | 'float' | 'str' | 'bin' | 'ext' | 'array' | 'map' | 'invalid';
  /** Bytes of the header itself; the type byte of an extension belongs to it. */
  readonly size: number;
  /** Bytes that follow the header and belong to this value: digits of numbers, text, binary. */
  readonly payload: number;
  /** Values that follow and belong to this one: elements of an array, keys and values of a map. */
  readonly children: number;
}

/** Bytes that the longest header takes: an ext 32 with its type. */
export const LONGEST_HEADER = 6;

const FIXEXT_PAYLOADS = [1, 2, 4, 8, 16];

/**
 * The header at `at`, or undefined where `bytes` end before it does. The reserved byte 0xc1 gives kind
 * `invalid`. (Specification, section "Formats".)
 */
export function readHeader(bytes: Uint8Array, at: number): Header | undefined {
  const first = bytes[at];
  if (first === undefined) return undefined;
  if (first < 0x80 || first >= NEGATIVE_FIXINT) return scalar('int', 0);
  if (first < FIXARRAY) return container('map', 1, 2 * (first & 0x0f));
  if (first < FIXSTR) return container('array', 1, first & 0x0f);
  if (first < NIL) return run('str', 1, first & 0x1f);
  if (first === NIL) return scalar('nil', 0);
  if (first === NEVER_USED) return { kind: 'invalid', size: 1, payload: 0, children: 0 };
  if (first <= TRUE) return scalar('bool', 0);
  if (first === FLOAT32) return scalar('float', 4);
  if (first === FLOAT64) return scalar('float', 8);
  if (first >= UINT8 && first <= UINT64) return scalar('int', 1 << (first - UINT8));
  if (first >= INT8 && first <= INT64) return scalar('int', 1 << (first - INT8));
  if (first >= FIXEXT1 && first < STR8)
    return at + 2 > bytes.length ? undefined : run('ext', 2, FIXEXT_PAYLOADS[first - FIXEXT1]!);
  const width = LENGTH_WIDTHS[first]!;
  const extra = first >= EXT8 && first <= EXT32 ? 1 : 0;
  if (at + 1 + width + extra > bytes.length) return undefined;
  const length = readLength(bytes, at + 1, width);
  if (extra === 1) return run('ext', 2 + width, length);
  if (first <= BIN32) return run('bin', 1 + width, length);
  if (first <= STR32) return run('str', 1 + width, length);
  return first <= ARRAY32 ? container('array', 1 + width, length) : container('map', 1 + width, 2 * length);
}

const LENGTH_WIDTHS: Readonly<Record<number, number>> = {
  [BIN8]: 1,
  [BIN16]: 2,
  [BIN32]: 4,
  [EXT8]: 1,
  [EXT16]: 2,
  [EXT32]: 4,
  [STR8]: 1,
  [STR16]: 2,
  [STR32]: 4,
  [ARRAY16]: 2,
  [ARRAY32]: 4,
  [MAP16]: 2,
  [MAP32]: 4,
};

function readLength(bytes: Uint8Array, at: number, width: number): number {
  let length = 0;
  for (let i = 0; i < width; i++) length = length * 256 + bytes[at + i]!;
  return length;
}

const scalar = (kind: Header['kind'], payload: number): Header => ({ kind, size: 1, payload, children: 0 });
const run = (kind: Header['kind'], size: number, payload: number): Header => ({
  kind,
  size,
  payload,
  children: 0,
});
const container = (kind: Header['kind'], size: number, children: number): Header => ({
  kind,
  size,
  payload: 0,
  children,
});

/** The header of the root map for another count, in the width that it has; undefined where that has no room. */
export function countedHeader(first: number, count: number): Uint8Array | undefined {
  if (first < FIXARRAY) return count < 16 ? Uint8Array.of(0x80 | count) : undefined;
  if (first === MAP16) return count < 2 ** 16 ? Uint8Array.of(MAP16, count >> 8, count & 0xff) : undefined;
  if (first !== MAP32)
    throw new FormatError('corrupt', `add an entry: 0x${first.toString(16)} starts no map`, {
      format: 'msgpack',
      offset: 0,
    });
  const header = Uint8Array.of(MAP32, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(1, count);
  return header;
}
