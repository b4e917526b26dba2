import { ByteReader } from '../byte-reader.js';
import { corrupt, unsupported } from '../corrupt.js';
import { deltaLengthSlices, deltaSlices, fixedSlices, plainSlices } from '../encoding/byte-slices.js';
import { joinStreams } from '../encoding/byte-stream-split.js';
import { decodeDelta32, decodeDelta64 } from '../encoding/delta.js';
import { decodeHybrid } from '../encoding/hybrid.js';
import { type ColumnData, loadFixed, loadSlices, memoryOf, physicalSize, roomFor } from '../encoding/load.js';
import type { Encoding } from '../page-header.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import type { ReadEnv } from './env.js';

/** Values of a dictionary page, loaded once. */
export interface Dictionary {
  readonly size: number;
  readonly data: ColumnData;
}

/** The dictionary page's values, PLAIN. @throws FormatError `corrupt`, `limit` */
export function decodeDictionary(
  leaf: Leaf,
  bytes: Uint8Array,
  count: number,
  offset: number,
  env: ReadEnv,
): Dictionary {
  const reader = new ByteReader(bytes, offset);
  const size = physicalSize(leaf);
  reader.need(
    size === 0 ? (leaf.physical === 'BOOLEAN' ? 0 : count * 4) : count * size,
    `a dictionary of ${count} values`,
  );
  env.budget.takeBytes(memoryOf(leaf, count) + bytes.byteLength, `a dictionary of ${count} values`);
  const data = roomFor(leaf, count);
  decodeValues(leaf, 'PLAIN', reader, count, data, 0, undefined, env);
  return { size: count, data };
}

/**
 * Puts the `count` values that start at the reader into `out` from `at` on.
 *
 * @throws FormatError `corrupt`, `unsupported` for an encoding that the type does not have, `limit`
 */
export function decodeValues(
  leaf: Leaf,
  encoding: Encoding,
  reader: ByteReader,
  count: number,
  out: ColumnData,
  at: number,
  dictionary: Dictionary | undefined,
  env: ReadEnv,
): void {
  if (count === 0) return;
  const offset = reader.base + reader.at;
  switch (encoding) {
    case 'PLAIN':
      decodePlain(leaf, reader, count, out, at, offset);
      return;
    case 'PLAIN_DICTIONARY':
    case 'RLE_DICTIONARY':
      decodeIndices(leaf, reader, count, out, at, dictionary, offset);
      return;
    case 'RLE':
      if (leaf.physical !== 'BOOLEAN') break;
      // The length in front is of no use: the page's end bounds the runs.
      reader.uint32('the length of booleans');
      // Booleans are loaded into bytes.
      decodeHybrid(reader, 1, (out as Uint8Array).subarray(at, at + count));
      return;
    case 'DELTA_BINARY_PACKED':
      if (leaf.physical === 'INT32') {
        loadRaw(leaf, decodeDelta32(reader, count), count, out, at, offset);
        return;
      }
      if (leaf.physical === 'INT64') {
        loadRaw(leaf, decodeDelta64(reader, count), count, out, at, offset);
        return;
      }
      break;
    case 'DELTA_LENGTH_BYTE_ARRAY':
      if (leaf.physical !== 'BYTE_ARRAY') break;
      loadSlices(leaf, deltaLengthSlices(reader, count), out, at, offset);
      return;
    case 'DELTA_BYTE_ARRAY': {
      if (leaf.physical !== 'BYTE_ARRAY' && leaf.physical !== 'FIXED_LEN_BYTE_ARRAY') break;
      const charge = (bytes: number): void =>
        env.budget.takeBytes(bytes, `byte arrays of '${leafPath(leaf)}'`);
      const slices = deltaSlices(reader, count, charge);
      if (leaf.physical === 'BYTE_ARRAY') {
        loadSlices(leaf, slices, out, at, offset);
        return;
      }
      for (let i = 0; i < count; i++) {
        if (slices.ends[i]! - slices.starts[i]! !== leaf.typeLength)
          throw corrupt(
            `read '${leafPath(leaf)}': ${slices.ends[i]! - slices.starts[i]!} bytes, each value has ${leaf.typeLength}`,
            offset,
          );
      }
      loadFixedOrSlices(leaf, slices.bytes, count, out, at, offset);
      return;
    }
    case 'BYTE_STREAM_SPLIT': {
      const size = physicalSize(leaf);
      if (size === 0 || leaf.physical === 'INT96') break;
      loadFixedOrSlices(
        leaf,
        joinStreams(reader.take(count * size, 'split streams'), size, count),
        count,
        out,
        at,
        offset,
      );
      return;
    }
    default:
      break;
  }
  throw unsupported(
    `read '${leafPath(leaf)}': values of ${leaf.physical} in the encoding '${encoding}'`,
    `encoding ${encoding}`,
    { path: leafPath(leaf) },
  );
}

function decodePlain(
  leaf: Leaf,
  reader: ByteReader,
  count: number,
  out: ColumnData,
  at: number,
  offset: number,
): void {
  if (leaf.physical === 'BOOLEAN') {
    const bits = reader.take(Math.ceil(count / 8), 'booleans');
    const target = out as Uint8Array;
    for (let i = 0; i < count; i++) target[at + i] = (bits[i >> 3]! >> (i & 7)) & 1;
    return;
  }
  if (leaf.physical === 'BYTE_ARRAY') {
    loadSlices(leaf, plainSlices(reader, count), out, at, offset);
    return;
  }
  loadFixedOrSlices(leaf, reader.take(count * physicalSize(leaf), `${count} values`), count, out, at, offset);
}

function loadFixedOrSlices(
  leaf: Leaf,
  raw: Uint8Array,
  count: number,
  out: ColumnData,
  at: number,
  offset: number,
): void {
  if (leaf.physical === 'FIXED_LEN_BYTE_ARRAY' && leaf.kind.load !== 'same') {
    loadSlices(leaf, fixedSlices(raw, leaf.typeLength, count), out, at, offset);
    return;
  }
  loadFixed(leaf, raw, count, out, at, offset);
}

function loadRaw(
  leaf: Leaf,
  values: Int32Array | BigInt64Array,
  count: number,
  out: ColumnData,
  at: number,
  offset: number,
): void {
  loadFixed(
    leaf,
    new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    count,
    out,
    at,
    offset,
  );
}

function decodeIndices(
  leaf: Leaf,
  reader: ByteReader,
  count: number,
  out: ColumnData,
  at: number,
  dictionary: Dictionary | undefined,
  offset: number,
): void {
  if (dictionary === undefined)
    throw corrupt(`read '${leafPath(leaf)}': a page refers to a dictionary that is not there`, offset);
  const width = reader.byte('the width of indices');
  if (width > 32) throw corrupt(`read '${leafPath(leaf)}': indices of ${width} bits`, offset);
  const indices = new Int32Array(count);
  decodeHybrid(reader, width, indices);
  const { size, data } = dictionary;
  // Both are of the leaf's dtype; numbers, bigints, strings and bytes are all just moved.
  const source = data as unknown as { readonly [index: number]: number };
  const target = out as unknown as { [index: number]: number };
  for (let i = 0; i < count; i++) {
    const index = indices[i]!;
    if (index < 0 || index >= size)
      throw corrupt(`read '${leafPath(leaf)}': index ${index} in a dictionary of ${size}`, offset);
    target[at + i] = source[index]!;
  }
}
