import { FormatError, type Span, sizeOfShape, stridesOf } from '@formatlab/core';
import { type ChunkedStorage, chunksOf, type StoredChunk } from './chunk-index.js';
import { damaged } from './field-reader.js';
import { checkFilters, unfilter } from './filters.js';
import type { Storage } from './storage.js';
import type { Structures } from './structures.js';

/** A dataset's elements in the file. */
export interface StoredData {
  readonly storage: Storage;
  readonly shape: readonly number[];
  readonly elementSize: number;
  /** For messages. */
  readonly path: string;
}

/** Takes bytes before they are allocated, and gives them back. */
export interface Allowance {
  takeBytes(count: number, what: string): void;
  releaseBytes(count: number): void;
}

/** Pieces of contiguous data that lie this near are read at once. */
const NEAR_BYTES = 4096;

/**
 * The selected elements in C order, as they stand in the file. The result belongs to the caller, whose budget has
 * been charged for it.
 */
export function readStored(
  file: Structures,
  data: StoredData,
  spans: readonly Span[],
  allowance: Allowance,
): Uint8Array {
  const { storage, elementSize } = data;
  const counts = spans.map((span) => span.count);
  const out = new Uint8Array(sizeOfShape(counts) * elementSize);
  if (out.byteLength === 0) return out;
  if (storage.kind === 'chunked') readChunks(file, data, storage, spans, out, allowance);
  else if (storage.kind === 'run' && storage.address === undefined) fill(out, storage.fill);
  else readRun(file, data, spans, out);
  return out;
}

function readRun(file: Structures, data: StoredData, spans: readonly Span[], out: Uint8Array): void {
  const { storage, shape, elementSize, path } = data;
  const size = sizeOfShape(shape) * elementSize;
  const held =
    storage.kind === 'compact'
      ? storage.bytes.byteLength
      : storage.kind === 'run'
        ? (storage.size ?? size)
        : 0;
  if (held < size)
    throw new FormatError('corrupt', `read '${path}': ${held} bytes of ${size} are stored`, {
      format: 'hdf5',
      path,
    });
  const strides = stridesOf(shape, 'C');
  let whole = shape.length;
  while (whole > 0 && spans[whole - 1]!.step === 1 && spans[whole - 1]!.count === shape[whole - 1]) whole--;
  // From this axis on, elements that follow each other are wanted.
  const axis = whole > 0 && spans[whole - 1]!.step === 1 ? whole - 1 : whole;
  const length = sizeOfShape(spans.slice(axis).map((span) => span.count)) * elementSize;
  const inside = axis < shape.length ? spans[axis]!.start * strides[axis]! : 0;
  let to = 0;
  const near = new NearReads(file, storage, size);
  const visit = (at: number, from: number): void => {
    if (at === axis) {
      near.copy((from + inside) * elementSize, out.subarray(to, to + length));
      to += length;
      return;
    }
    const { start, count, step } = spans[at]!;
    for (let i = 0; i < count; i++) visit(at + 1, from + (start + i * step) * strides[at]!);
  };
  visit(0, 0);
}

/** Reads of ascending places, gathered where they lie near each other. */
class NearReads {
  readonly #file: Structures;
  readonly #storage: Storage;
  readonly #size: number;
  #at = 0;
  #bytes: Uint8Array = new Uint8Array(0);

  constructor(file: Structures, storage: Storage, size: number) {
    this.#file = file;
    this.#storage = storage;
    this.#size = size;
  }

  copy(at: number, target: Uint8Array): void {
    const { byteLength } = target;
    if (at < this.#at || at + byteLength > this.#at + this.#bytes.byteLength) {
      const length = Math.min(
        this.#size - at,
        Math.max(byteLength, byteLength < NEAR_BYTES ? NEAR_BYTES : 0),
      );
      this.#bytes =
        this.#storage.kind === 'compact'
          ? this.#storage.bytes.subarray(at, at + length)
          : this.#file.bytes((this.#storage as { readonly address: number }).address + at, length);
      this.#at = at;
    }
    const from = at - this.#at;
    target.set(this.#bytes.subarray(from, from + byteLength));
  }
}

function readChunks(
  file: Structures,
  data: StoredData,
  storage: ChunkedStorage,
  spans: readonly Span[],
  out: Uint8Array,
  allowance: Allowance,
): void {
  const { shape, elementSize, path } = data;
  checkFilters(storage.filters, path);
  if (storage.fill !== undefined) fill(out, storage.fill);
  const { chunk, filters } = storage;
  const size = sizeOfShape(chunk) * elementSize;
  const lastOf = ({ start, count, step }: Span): number => start + (count - 1) * step;
  allowance.takeBytes(size, `a chunk of '${path}'`);
  const isWanted = ({ offset }: StoredChunk): boolean =>
    !spans.some((span, axis) => offset[axis]! > lastOf(span) || offset[axis]! + chunk[axis]! <= span.start);
  const told = chunksOf(file, storage, shape, elementSize, spans[0]!.start, lastOf(spans[0]!));
  for (const stored of fetchedAhead(file, told, isWanted)) {
    const { offset } = stored;
    if (offset.some((at, axis) => at % chunk[axis]! !== 0))
      throw damaged(`read '${path}': a chunk that begins inside another`, stored.address);
    if (!isWanted(stored)) continue;
    const edge = offset.some((at, axis) => at + chunk[axis]! > shape[axis]!);
    const plain = filters.length === 0 || (storage.plainEdges && edge);
    const bytes = plain ? plainChunk(file, stored, size) : filtered(file, stored, storage, size);
    copyChunk(bytes, chunk, offset, spans, elementSize, out);
  }
  allowance.releaseBytes(size);
}

/** Over a network all chunks are asked for at once, before the first is unpacked. */
function fetchedAhead(
  file: Structures,
  chunks: Iterable<StoredChunk>,
  isWanted: (chunk: StoredChunk) => boolean,
): Iterable<StoredChunk> {
  const { view, base } = file;
  if (view.ahead === undefined) return chunks;
  const all = [...chunks];
  const ranges = all.filter(isWanted).map(({ address, size }) => ({ at: base + address, length: size }));
  // What lies outside the file is told of when it is read.
  view.ahead(ranges.filter(({ at, length }) => at >= 0 && at + length <= view.size));
  return all;
}

function plainChunk(file: Structures, { address }: StoredChunk, size: number): Uint8Array {
  return file.bytes(address, size);
}

function filtered(
  file: Structures,
  { address, size, mask }: StoredChunk,
  { filters }: ChunkedStorage,
  wanted: number,
): Uint8Array {
  return unfilter(file.bytes(address, size), filters, mask, wanted);
}

/** Copies what a chunk holds of a selection to its place. */
function copyChunk(
  bytes: Uint8Array,
  chunk: readonly number[],
  offset: readonly number[],
  spans: readonly Span[],
  elementSize: number,
  out: Uint8Array,
): void {
  const from = stridesOf(chunk, 'C');
  const to = stridesOf(
    spans.map((span) => span.count),
    'C',
  );
  // Per axis, which of the selected indices lie in the chunk.
  const first = spans.map(({ start, step }, axis) => Math.max(0, Math.ceil((offset[axis]! - start) / step)));
  const stop = spans.map(({ start, step, count }, axis) =>
    Math.min(count, Math.ceil((offset[axis]! + chunk[axis]! - start) / step)),
  );
  const last = chunk.length - 1;
  const visit = (axis: number, source: number, target: number): void => {
    const { start, step } = spans[axis]!;
    const begin = first[axis]!;
    const end = stop[axis]!;
    if (axis === last && step === 1) {
      const at = (source + start + begin - offset[axis]!) * elementSize;
      out.set(bytes.subarray(at, at + (end - begin) * elementSize), (target + begin) * elementSize);
      return;
    }
    for (let i = begin; i < end; i++) {
      const at = source + (start + i * step - offset[axis]!) * from[axis]!;
      const place = target + i * to[axis]!;
      if (axis < last) visit(axis + 1, at, place);
      else out.set(bytes.subarray(at * elementSize, (at + 1) * elementSize), place * elementSize);
    }
  };
  visit(0, 0, 0);
}

function fill(out: Uint8Array, value: Uint8Array | undefined): void {
  if (value === undefined) return;
  out.set(value.subarray(0, Math.min(value.byteLength, out.byteLength)));
  for (let done = value.byteLength; done < out.byteLength; done *= 2) out.copyWithin(done, 0, done);
}
