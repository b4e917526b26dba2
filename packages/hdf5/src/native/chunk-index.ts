import { recordsOfTree } from './btree2.js';
import { extensibleEntries, fixedEntries } from './chunk-arrays.js';
import { damaged, type FieldReader } from './field-reader.js';
import type { Storage } from './storage.js';
import { type Structures, Visited } from './structures.js';

export type ChunkedStorage = Extract<Storage, { readonly kind: 'chunked' }>;

/** A chunk in the file: where its first element stands in the dataset, and its bytes. */
export interface StoredChunk {
  readonly offset: readonly number[];
  readonly address: number;
  /** As stored, with filters applied. */
  readonly size: number;
  /** Filters that were left out, by bit. */
  readonly mask: number;
}

const PLAIN_CHUNKS = 10;
const FILTERED_CHUNKS = 11;

/** The chunks that hold rows between `first` and `last` of the first dimension; more may be told of. */
export function chunksOf(
  file: Structures,
  storage: ChunkedStorage,
  shape: readonly number[],
  elementSize: number,
  first: number,
  last: number,
): Iterable<StoredChunk> {
  const { index, chunk, filters } = storage;
  const size = chunk.reduce((product, length) => product * length, elementSize);
  const { address } = index;
  if (address === undefined) return [];
  const origin = shape.map(() => 0);
  switch (index.kind) {
    case 'single':
      return [{ offset: origin, address, size: index.size ?? size, mask: index.mask }];
    case 'tree1':
      return treeChunks(file, address, storage, first, last);
    case 'tree2':
      return tree2Chunks(file, address, chunk, filters.length > 0, size);
    case 'implicit':
      return gridChunks(storage, shape, first, last, (at) => ({
        address: address + at * size,
        size,
        mask: 0,
      }));
    case 'fixed':
    case 'extensible': {
      const entries = index.kind === 'fixed' ? fixedEntries(file, address) : extensibleEntries(file, address);
      const filtered = entries.filtered;
      return gridChunks(storage, shape, first, last, (at) => {
        const fields = entries.at(at);
        const found = fields?.address();
        if (fields === undefined || found === undefined) return undefined;
        if (!filtered) return { address: found, size, mask: 0 };
        return { address: found, size: fields.uint(fields.left - 4), mask: fields.u32() };
      });
    }
  }
}

type Place = Omit<StoredChunk, 'offset'>;

/** Chunks by their number in C order over the shape that the dataset may grow to (an unlimited dimension first). */
function* gridChunks(
  { chunk, maxShape, index }: ChunkedStorage,
  shape: readonly number[],
  first: number,
  last: number,
  placeOf: (at: number) => Place | undefined,
): Generator<StoredChunk> {
  const rank = shape.length;
  const unlimited = index.kind === 'extensible' ? Math.max(0, maxShape.indexOf(Number.POSITIVE_INFINITY)) : 0;
  const order = [unlimited, ...shape.map((_, axis) => axis).filter((axis) => axis !== unlimited)];
  const strides = new Array<number>(rank).fill(1);
  let stride = 1;
  for (const axis of [...order].reverse()) {
    strides[axis] = stride;
    const most = maxShape[axis]!;
    stride *= Math.ceil((Number.isFinite(most) ? most : shape[axis]!) / chunk[axis]!);
  }
  const counts = shape.map((length, axis) => Math.ceil(length / chunk[axis]!));
  if (counts.some((count) => count === 0)) return;
  const position = new Array<number>(rank).fill(0);
  position[0] = Math.floor(first / chunk[0]!);
  const stop = Math.min(counts[0]!, Math.floor(last / chunk[0]!) + 1);
  while (position[0]! < stop) {
    const at = position.reduce((sum, where, axis) => sum + where * strides[axis]!, 0);
    const place = placeOf(at);
    if (place !== undefined) yield { ...place, offset: position.map((where, axis) => where * chunk[axis]!) };
    let axis = rank - 1;
    while (axis > 0 && ++position[axis]! === counts[axis]) position[axis--] = 0;
    if (axis === 0) position[0]!++;
  }
}

function* tree2Chunks(
  file: Structures,
  address: number,
  chunk: readonly number[],
  filtered: boolean,
  size: number,
): Generator<StoredChunk> {
  for (const record of recordsOfTree(file, address, filtered ? FILTERED_CHUNKS : PLAIN_CHUNKS)) {
    const at = record.address();
    const stored = filtered ? record.uint(record.left - 4 - 8 * chunk.length) : size;
    const mask = filtered ? record.u32() : 0;
    const offset = chunk.map((length) => record.length() * length);
    if (at !== undefined) yield { address: at, size: stored, mask, offset };
  }
}

/** Version 1 B-tree of chunks (spec III.A.1, node type 1); nodes of other rows are not read. */
function* treeChunks(
  file: Structures,
  root: number,
  { chunk }: ChunkedStorage,
  first: number,
  last: number,
): Generator<StoredChunk> {
  const rank = chunk.length;
  const visited = new Visited();
  const key = (fields: FieldReader): { size: number; mask: number; offset: number[] } => {
    const size = fields.u32();
    const mask = fields.u32();
    const offset = Array.from({ length: rank }, () => fields.length());
    fields.skip(8);
    return { size, mask, offset };
  };
  function* visit(address: number, above: number): Generator<StoredChunk> {
    visited.enter(address);
    const head = file.fields(address, 24).signature('TREE');
    const kind = head.u8();
    const level = head.u8();
    const count = head.u16();
    if (kind !== 1 || level >= above) throw damaged('read HDF5 file: chunks with a wrong B-tree', address);
    const keyBytes = 16 + 8 * rank;
    const body = file.fields(address + 24, count * (keyBytes + 8) + keyBytes);
    let one = key(body);
    for (let i = 0; i < count; i++) {
      const child = body.address();
      // The last key of a node is written by some producers without meaning, and not needed below a leaf.
      const next = key(body);
      if (child === undefined) throw damaged('read HDF5 file: a B-tree node without a child', address);
      if (level === 0) yield { ...one, address: child };
      else if (one.offset[0]! <= last && (i === count - 1 || next.offset[0]! + chunk[0]! > first))
        yield* visit(child, level);
      one = next;
    }
  }
  yield* visit(root, 256);
}
