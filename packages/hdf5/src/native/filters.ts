import { FormatError } from '@formatlab/core';
import { inflate } from '../write/deflate.js';
import { damaged, LeaveToLibrary } from './field-reader.js';
import { inflateLzf } from './lzf.js';
import type { StoredFilter } from './storage.js';

const FILTER = {
  deflate: 1,
  shuffle: 2,
  fletcher32: 3,
  szip: 4,
  nbit: 5,
  scaleOffset: 6,
  lzf: 32000,
} as const;
/** Those that other packages brought (the HDF Group's list of registered filters). */
const REGISTERED: Readonly<Record<number, string>> = {
  305: 'lzo',
  307: 'bzip2',
  32001: 'blosc',
  32004: 'lz4',
  32008: 'bitshuffle',
  32013: 'zfp',
  32015: 'zstd',
  32026: 'blosc2',
};
const OURS = ['gzip', 'shuffle', 'fletcher32', 'lzf', 'szip', 'nbit', 'scaleoffset'];

/**
 * Before anything is read: every filter has to be known.
 *
 * @throws FormatError `unsupported` with the filter's name; `LeaveToLibrary` for what only the library undoes
 */
export function checkFilters(filters: readonly StoredFilter[], path: string): void {
  for (const { id, name } of filters) {
    if (id === FILTER.szip || id === FILTER.nbit || id === FILTER.scaleOffset)
      throw new LeaveToLibrary(`filter ${id}`);
    if (id <= FILTER.fletcher32 || id === FILTER.lzf) {
      if (id === FILTER.deflate && inflate === undefined) throw new LeaveToLibrary('gzip without zlib');
      continue;
    }
    throw unknownFilter(id, name, path);
  }
}

/** The HDF5 library names no filter that it lacks. @throws FormatError `unsupported` with the filter's name */
export function checkLibraryFilters(filters: readonly StoredFilter[], path: string): void {
  for (const { id, name } of filters) if (id > FILTER.scaleOffset) throw unknownFilter(id, name, path);
}

function unknownFilter(id: number, name: string, path: string): FormatError {
  const known = id === FILTER.lzf ? 'lzf' : (REGISTERED[id] ?? (name === '' ? String(id) : name));
  return new FormatError('unsupported', `read '${path}': filter '${known}' is not built in`, {
    format: 'hdf5',
    path,
    feature: `filter ${known}`,
    supported: OURS,
  });
}

/** Undoes the filters of a chunk, the last one first. `mask`: those left out, by bit. @throws FormatError `corrupt` */
export function unfilter(
  stored: Uint8Array,
  filters: readonly StoredFilter[],
  mask: number,
  size: number,
): Uint8Array {
  let bytes = stored;
  for (let i = filters.length - 1; i >= 0; i--) {
    if ((mask & (1 << i)) !== 0) continue;
    const { id, values } = filters[i]!;
    // Behind compression only a checksum may have been put.
    const room = size + 4 * i;
    if (id === FILTER.deflate) bytes = inflated(bytes, room);
    else if (id === FILTER.shuffle) bytes = unshuffled(bytes, values[0] ?? 1);
    else if (id === FILTER.fletcher32) bytes = verified(bytes);
    else if (id === FILTER.lzf) bytes = inflateLzf(bytes, sizeBefore(filters, i, mask, size));
  }
  if (bytes.byteLength !== size)
    throw damaged(`read chunk: ${bytes.byteLength} bytes where ${size} have to be`);
  return bytes;
}

/** Bytes that went into a filter: a checksum before it adds four. */
function sizeBefore(filters: readonly StoredFilter[], index: number, mask: number, size: number): number {
  const sums = filters.slice(0, index).filter(({ id }, i) => id === FILTER.fletcher32 && !(mask & (1 << i)));
  return size + 4 * sums.length;
}

function inflated(bytes: Uint8Array, room: number): Uint8Array {
  try {
    return inflate!(bytes, room);
  } catch (error) {
    throw new FormatError('corrupt', 'read chunk: its gzip data is damaged', {
      format: 'hdf5',
      cause: error,
    });
  }
}

/** Puts bytes of equal weight back into their elements; what is left over at the end was not moved. */
export function unshuffled(bytes: Uint8Array, width: number): Uint8Array {
  const count = Math.floor(bytes.byteLength / width);
  if (width <= 1 || count <= 1) return bytes;
  const out = new Uint8Array(bytes.byteLength);
  for (let byte = 0; byte < width; byte++) {
    const from = byte * count;
    for (let i = 0, to = byte; i < count; i++, to += width) out[to] = bytes[from + i]!;
  }
  out.set(bytes.subarray(count * width), count * width);
  return out;
}

/** The bytes without their checksum. @throws FormatError `corrupt` */
function verified(bytes: Uint8Array): Uint8Array {
  const end = bytes.byteLength - 4;
  if (end < 0) throw damaged('read chunk: too short for its checksum');
  const data = bytes.subarray(0, end);
  const stored =
    (bytes[end]! | (bytes[end + 1]! << 8) | (bytes[end + 2]! << 16) | (bytes[end + 3]! << 24)) >>> 0;
  const found = fletcher32(data);
  // Libraries before 1.6.3 wrote the halves with their bytes swapped.
  const swapped = (((found & 0x00ff00ff) << 8) | ((found >>> 8) & 0x00ff00ff)) >>> 0;
  if (stored !== found && stored !== swapped) throw damaged('read chunk: its fletcher32 checksum differs');
  return data;
}

/** Fletcher's sum over big-endian 16-bit words, as the HDF5 library computes it. */
export function fletcher32(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  const even = bytes.byteLength - (bytes.byteLength % 2);
  for (let at = 0; at < even; ) {
    // Sums of 360 words stay below 2^32.
    const stop = Math.min(even, at + 720);
    for (; at < stop; at += 2) {
      low += (bytes[at]! << 8) | bytes[at + 1]!;
      high += low;
    }
    low = (low & 0xffff) + (low >>> 16);
    high = (high & 0xffff) + (high >>> 16);
  }
  if (even < bytes.byteLength) {
    low += bytes[even]! << 8;
    high += low;
    low = (low & 0xffff) + (low >>> 16);
    high = (high & 0xffff) + (high >>> 16);
  }
  low = (low & 0xffff) + (low >>> 16);
  high = (high & 0xffff) + (high >>> 16);
  return ((high << 16) | low) >>> 0;
}
