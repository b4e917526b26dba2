import { FormatError } from '@formatlab/core';
import { MESSAGE } from '../layout/object-header.js';
import { ByteList } from './byte-list.js';
import type { Datatype } from './datatype.js';

/** A message of an object header. */
export interface Message {
  readonly type: number;
  readonly body: Uint8Array;
}

/** Sizes of messages are two bytes. */
export const LARGEST_MESSAGE = 0xffff;
const UNLIMITED = undefined;

/** Spec IV.A.2.b, version 2. A null shape is the null dataspace. */
export function dataspace(shape: readonly number[] | null, resizable = false): Message {
  const list = new ByteList();
  if (shape === null) return { type: MESSAGE.dataspace, body: list.u8(2, 0, 0, 2).finish() };
  const grows = resizable && shape.length > 0;
  list.u8(2, shape.length, grows ? 1 : 0, shape.length === 0 ? 0 : 1);
  for (const length of shape) list.u64(length);
  if (grows) shape.forEach((length, axis) => list.u64(axis === 0 ? UNLIMITED : length));
  return { type: MESSAGE.dataspace, body: list.finish() };
}

export function datatype(type: Datatype): Message {
  return { type: MESSAGE.datatype, body: type.message };
}

/** Spec IV.A.2.f, version 3: no fill value of its own; space when it is needed (late, or chunk by chunk). */
export function fillValue(chunked: boolean): Message {
  const writeIfSet = 2 << 2;
  return { type: MESSAGE.fillValue, body: Uint8Array.of(3, writeIfSet | (chunked ? 3 : 2)) };
}

/** Spec IV.A.2.i, version 3, class 1. */
export function contiguousLayout(address: number | undefined, size: number): Message {
  return { type: MESSAGE.layout, body: new ByteList().u8(3, 1).u64(address).u64(size).finish() };
}

/** Where the address of the data stands, counted from the end of a message of contiguous layout. */
export const DATA_ADDRESS_FROM_END = 16;

/** Spec IV.A.2.i, version 3, class 2: chunks behind a version 1 B-tree. */
export function chunkedLayout(
  index: number | undefined,
  chunk: readonly number[],
  elementSize: number,
): Message {
  const list = new ByteList().u8(3, 2, chunk.length + 1).u64(index);
  for (const length of chunk) list.u32(length);
  return { type: MESSAGE.layout, body: list.u32(elementSize).finish() };
}

export interface Filter {
  readonly id: number;
  readonly values: readonly number[];
}

/** Spec IV.A.2.l, version 2. */
export function filterPipeline(filters: readonly Filter[]): Message {
  const list = new ByteList().u8(2, filters.length);
  for (const { id, values } of filters) {
    list.u16(id).u16(0).u16(values.length);
    for (const value of values) list.u32(value);
  }
  return { type: MESSAGE.filters, body: list.finish() };
}

/**
 * Spec IV.A.2.m, version 3.
 *
 * @throws FormatError `unsupported` for more than 64 KiB, which need another form of storage
 */
export function attribute(
  name: string,
  type: Datatype,
  shape: readonly number[] | null,
  data: Uint8Array,
  path: string,
): Message {
  const text = new TextEncoder().encode(`${name}\0`);
  const space = dataspace(shape).body;
  const list = new ByteList()
    .u8(3, 0)
    .u16(text.byteLength)
    .u16(type.message.byteLength)
    .u16(space.byteLength)
    .u8(1);
  list.bytes(text).bytes(type.message).bytes(space).bytes(data);
  if (list.length > LARGEST_MESSAGE) {
    throw new FormatError(
      'unsupported',
      `write attribute '${name}' of '${path}' as hdf5: it takes ${list.length} bytes of ${LARGEST_MESSAGE}`,
      { format: 'hdf5', path, feature: 'attributes of more than 64 KiB' },
    );
  }
  return { type: MESSAGE.attribute, body: list.finish() };
}

/** What a link leads to: an object's address, or text that is looked up. */
export type LinkTarget =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft'; readonly to: string }
  | { readonly kind: 'external'; readonly file: string; readonly to: string };

/** Where the address of a hard link stands, counted from the end of its message. */
export const HARD_ADDRESS_FROM_END = 8;
const EXTERNAL = 64;

/** Spec IV.A.2.g: with UTF-8 names, and creation order where the group tracks it. */
export function link(name: string, order: number | undefined, target: LinkTarget): Message {
  const text = new TextEncoder().encode(name);
  const lengthSize = text.byteLength < 256 ? 0 : 1;
  const kind = target.kind === 'hard' ? 0 : target.kind === 'soft' ? 1 : EXTERNAL;
  const list = new ByteList().u8(1, lengthSize | (order === undefined ? 0 : 4) | (kind === 0 ? 0 : 8) | 16);
  if (kind !== 0) list.u8(kind);
  if (order !== undefined) list.u64(order);
  list.u8(1);
  if (lengthSize === 0) list.u8(text.byteLength);
  else list.u16(text.byteLength);
  list.bytes(text);
  if (target.kind === 'hard') list.u64(target.address);
  else {
    const value =
      target.kind === 'soft'
        ? new TextEncoder().encode(target.to)
        : new TextEncoder().encode(`\0${target.file}\0${target.to}\0`);
    list.u16(value.byteLength).bytes(value);
  }
  return { type: MESSAGE.link, body: list.finish() };
}

/** Spec IV.A.2.c: creation order is tracked; links stand in the header, or where {@link DENSE_PLACE} is filled in. */
export function linkInfo(count: number): Message {
  return {
    type: MESSAGE.linkInfo,
    body: new ByteList().u8(0, 1).u64(count).u64(undefined).u64(undefined).finish(),
  };
}

/** Where the addresses of heap and tree stand, counted from the end of a link info message. */
export const DENSE_PLACE_FROM_END = 16;

const GROUP_INFO = 0x0a;
/**
 * Most links that stand in the header. The library moves more than 8 of them elsewhere unless it is told otherwise; read
 * in one piece they are quicker up to some hundred.
 */
export const MOST_COMPACT_LINKS = 256;
const MOST_COMPACT_TOLD = 0xffff;

/** Spec IV.A.2.k: links stay in the header. */
export function groupInfo(): Message {
  return { type: GROUP_INFO, body: new ByteList().u8(0, 1).u16(MOST_COMPACT_TOLD).u16(0).finish() };
}

/** Spec IV.A.2.w */
export function referenceCount(count: number): Message {
  return { type: MESSAGE.referenceCount, body: new ByteList().u8(0).u32(count).finish() };
}
