import { stridesOf } from '@formatlab/core';
import { ByteList } from './byte-list.js';
import type { FileWriter } from './file-writer.js';
import type { Filter } from './messages.js';

/** B-tree nodes hold twice this many chunks: the library's default for files that say nothing else. */
const CHUNK_TREE_K = 32;
const NODE_HEADER = 24;
const AUTO_CHUNK_BYTES = 256 * 1024;
const DEFLATE = 1;
const SHUFFLE = 2;

export interface ChunkOptions {
  readonly chunk: readonly number[];
  /** Level of gzip; undefined: no filter. */
  readonly level: number | undefined;
  readonly shuffle: boolean;
}

/** The filters in the order in which writing applies them. */
export function filtersOf({ level, shuffle }: ChunkOptions, elementSize: number): readonly Filter[] {
  if (level === undefined) return [];
  return [
    ...(shuffle && elementSize > 1 ? [{ id: SHUFFLE, values: [elementSize] }] : []),
    { id: DEFLATE, values: [level] },
  ];
}

/** A chunk of about 256 KiB: whole rows where they fit, else a part of one. */
export function autoChunk(shape: readonly number[], elementSize: number): readonly number[] {
  let left = Math.max(1, Math.floor(AUTO_CHUNK_BYTES / Math.max(1, elementSize)));
  const chunk: number[] = new Array(shape.length).fill(1);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    chunk[axis] = Math.max(1, Math.min(shape[axis]!, left));
    left = Math.max(1, Math.floor(left / chunk[axis]!));
  }
  return chunk;
}

/** Compresses with zlib (RFC 1950). */
export type Deflate = (bytes: Uint8Array, level: number) => Uint8Array | Promise<Uint8Array>;

/**
 * Writes the chunks of C-order data and the B-tree (spec III.A.1, node type 1) that finds them. Returns its
 * address, undefined where there is no chunk. Chunks at the edges are filled up with zeros.
 */
export async function writeChunks(
  writer: FileWriter,
  data: Uint8Array,
  shape: readonly number[],
  elementSize: number,
  options: ChunkOptions,
  deflate: Deflate,
): Promise<number | undefined> {
  const chunks = await makeChunks(data, shape, elementSize, options, deflate);
  const entries = chunks.map(({ offset, bytes }) => ({ offset, size: bytes.byteLength, address: 0, bytes }));
  return entries.length === 0 ? undefined : writeTree(writer, entries, shape, options.chunk);
}

interface Chunk {
  readonly offset: readonly number[];
  readonly bytes: Uint8Array;
}

/** Writes the chunks of C-order data. Their offsets are counted from the data's first row on. */
export async function writeChunkData(
  writer: FileWriter,
  data: Uint8Array,
  shape: readonly number[],
  elementSize: number,
  options: ChunkOptions,
  deflate: Deflate,
): Promise<ChunkEntry[]> {
  const chunks = await makeChunks(data, shape, elementSize, options, deflate);
  return chunks.map(({ offset, bytes }) => ({ offset, size: bytes.byteLength, address: writer.add(bytes) }));
}

async function makeChunks(
  data: Uint8Array,
  shape: readonly number[],
  elementSize: number,
  options: ChunkOptions,
  deflate: Deflate,
): Promise<Chunk[]> {
  const { chunk } = options;
  const counts = shape.map((length, axis) => Math.ceil(length / chunk[axis]!));
  const total = counts.reduce((product, count) => product * count, 1);
  const chunks: Chunk[] = [];
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < total; i++) {
    const offset = index.map((position, axis) => position * chunk[axis]!);
    const raw = gatherChunk(data, shape, elementSize, offset, chunk);
    const { level, shuffle } = options;
    const bytes =
      level === undefined
        ? raw
        : await deflate(shuffle && elementSize > 1 ? shuffled(raw, elementSize) : raw, level);
    chunks.push({ offset, bytes });
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      index[axis]!++;
      if (index[axis]! < counts[axis]!) break;
      index[axis] = 0;
    }
  }
  return chunks;
}

export interface ChunkEntry {
  readonly offset: readonly number[];
  readonly size: number;
  readonly address: number;
  /** Of a chunk that is written later: its address is put into the tree then. */
  readonly bytes?: Uint8Array;
}

/** Writes the B-tree over chunks in C order, and gives its address. */
export function writeTree(
  writer: FileWriter,
  entries: readonly ChunkEntry[],
  shape: readonly number[],
  chunk: readonly number[],
): number {
  const behind = [Math.ceil(shape[0]! / chunk[0]!) * chunk[0]!, ...shape.slice(1).map(() => 0)];
  let children = entries;
  for (let level = 0; ; level++) {
    const nodes: { readonly entry: ChunkEntry; readonly bytes: Uint8Array; readonly address: number }[] = [];
    for (let first = 0; first < children.length; first += 2 * CHUNK_TREE_K) {
      const part = children.slice(first, first + 2 * CHUNK_TREE_K);
      const next = children[first + 2 * CHUNK_TREE_K]?.offset ?? behind;
      const bytes = treeNode(part, next, level);
      nodes.push({ entry: part[0]!, bytes, address: writer.add(bytes) });
      part.forEach((entry, i) => {
        if (entry.bytes === undefined) return;
        const at = NODE_HEADER + (i + 1) * keyBytesOf(shape.length) + i * 8;
        writer.later(entry.bytes, (address) =>
          new DataView(bytes.buffer).setBigUint64(at, BigInt(address), true),
        );
      });
    }
    nodes.forEach(({ bytes }, i) => {
      const view = new DataView(bytes.buffer);
      const left = nodes[i - 1];
      const right = nodes[i + 1];
      if (left !== undefined) view.setBigUint64(8, BigInt(left.address), true);
      if (right !== undefined) view.setBigUint64(16, BigInt(right.address), true);
    });
    if (nodes.length === 1) return nodes[0]!.address;
    children = nodes.map(({ entry, address }) => ({ offset: entry.offset, size: entry.size, address }));
  }
}

/** Size and filters of a chunk, and its offset with one for the bytes of an element. */
function keyBytesOf(rank: number): number {
  return 8 + 8 * (rank + 1);
}

function treeNode(children: readonly ChunkEntry[], behind: readonly number[], level: number): Uint8Array {
  const rank = behind.length;
  const keyBytes = keyBytesOf(rank);
  const list = new ByteList().text('TREE').u8(1, level).u16(children.length).u64(undefined).u64(undefined);
  const key = (size: number, offset: readonly number[]): void => {
    list.u32(size).u32(0);
    for (const position of offset) list.u64(position);
    list.u64(0);
  };
  for (const { offset, size, address } of children) {
    key(size, offset);
    list.u64(address);
  }
  key(0, behind);
  const whole = new Uint8Array(NODE_HEADER + (2 * CHUNK_TREE_K + 1) * keyBytes + 2 * CHUNK_TREE_K * 8);
  whole.set(list.finish());
  return whole;
}

function gatherChunk(
  data: Uint8Array,
  shape: readonly number[],
  elementSize: number,
  offset: readonly number[],
  chunk: readonly number[],
): Uint8Array {
  const strides = stridesOf(shape, 'C');
  const inside = stridesOf(chunk, 'C');
  const out = new Uint8Array(chunk.reduce((product, length) => product * length, elementSize));
  const last = shape.length - 1;
  const copy = (axis: number, from: number, to: number): void => {
    const count = Math.min(chunk[axis]!, shape[axis]! - offset[axis]!);
    const start = from + offset[axis]! * strides[axis]!;
    if (axis === last) {
      out.set(data.subarray(start * elementSize, (start + count) * elementSize), to * elementSize);
      return;
    }
    for (let i = 0; i < count; i++) copy(axis + 1, start + i * strides[axis]!, to + i * inside[axis]!);
  };
  copy(0, 0, 0);
  return out;
}

/** Bytes of equal weight side by side. */
function shuffled(bytes: Uint8Array, elementSize: number): Uint8Array {
  const count = bytes.byteLength / elementSize;
  const out = new Uint8Array(bytes.byteLength);
  for (let i = 0, at = 0; i < count; i++)
    for (let b = 0; b < elementSize; b++) out[b * count + i] = bytes[at++]!;
  return out;
}
