import {
  allocateData,
  concatTables,
  type DataOf,
  type DType,
  FormatError,
  gatherSpans,
  itemSize,
  NDArray,
  type Span,
  shapeOfSpans,
  sizeOfShape,
  spanExtent,
  type Table,
  viewData,
} from '@formatlab/core';
import { type Hyperslab, withMemory } from '../library/library-file.js';
import { readStored, type StoredData } from '../native/stored-elements.js';
import {
  dtypeOf,
  type ElementType,
  hasVariableLength,
  isNative,
  type Member,
  nameOfType,
} from '../types/element-type.js';
import { type DatasetInfo, libraryInfo } from './dataset-info.js';
import { type Decoded, ElementDecoder, type Run } from './elements.js';
import { pointerOf } from './paths.js';
import { rowsOf } from './rows.js';
import type { ReadSession } from './session.js';
import { slabsOf } from './slabs.js';

/** Most bytes that pass through the library's memory at once; it refuses 2 GiB, and what it took it keeps. */
const SLAB_BYTES = 32 * 2 ** 20;
/** A selection is read with what lies between its elements up to this many bytes, or four times its own. */
const GAP_BYTES = 2 ** 20;
/** What an element without a typed array takes at least. */
const OBJECT_BYTES = 16;

/** An array of a dataset, or of the part that `spans` select. Compounds have no array form: see `readRows`. */
export function readArray(
  session: ReadSession,
  info: DatasetInfo,
  spans: readonly Span[] | undefined,
): NDArray {
  const shape = spans === undefined ? info.shape! : spans.map((span) => span.count);
  charge(session, info, sizeOfShape(shape));
  const decoded = decodeAll(session, info, spans);
  const kept = spans === undefined ? shape : shapeOfSpans(spans);
  return new NDArray({
    dtype: decoded.dtype,
    shape: [...kept, ...decoded.inner],
    data: decoded.data,
    unit: decoded.unit,
  });
}

/** The members of a compound dataset as columns, its elements in C order as rows. */
export function readRows(
  session: ReadSession,
  info: DatasetInfo,
  spans: readonly Span[] | undefined,
  names: readonly string[] | undefined,
): Table {
  const { type } = info;
  if (type.kind !== 'compound') throw new TypeError(`read rows of '${info.path}': not a compound`);
  const rows = spans === undefined ? sizeOfShape(info.shape!) : sizeOfShape(spans.map((span) => span.count));
  charge(session, info, rows);
  session.context.budget.takeItems(
    rows * type.members.length,
    `table '${pointerOf(info.path)}' of ${rows} rows`,
  );
  const members = pickMembers(type.members, names);
  if (info.run !== undefined) {
    const rowSpan = spans?.[0];
    const first =
      info.shape!.length === 1 && rowSpan !== undefined ? rowSpan : { start: 0, count: rows, step: 1 };
    const bytes = fileBytes(session, info, first.start * type.size, spanExtent(first) * type.size);
    return rowsOf(session, pointerOf(info.path), members, {
      bytes,
      at: 0,
      count: first.count,
      stride: first.step * type.size,
    });
  }
  if (info.stored !== undefined) {
    const bytes = storedBytes(session, info.stored, spans);
    return rowsOf(session, pointerOf(info.path), members, { bytes, at: 0, count: rows, stride: type.size });
  }
  const parts: Table[] = [];
  readSlabs(session, info, spans, (run) => parts.push(rowsOf(session, pointerOf(info.path), members, run)));
  return parts.length === 1
    ? parts[0]!
    : concatTables(
        parts.length === 0
          ? [
              rowsOf(session, pointerOf(info.path), members, {
                bytes: new Uint8Array(0),
                at: 0,
                count: 0,
                stride: type.size,
              }),
            ]
          : parts,
      );
}

function pickMembers(members: readonly Member[], names: readonly string[] | undefined): readonly Member[] {
  if (names === undefined) return members;
  return names.map((name) => {
    const member = members.find((candidate) => candidate.name === name);
    if (member === undefined)
      throw new FormatError('not-found', `select column '${name}': not in the table`, {
        supported: members.map((m) => m.name),
      });
    return member;
  });
}

function charge(session: ReadSession, info: DatasetInfo, count: number): void {
  const { type } = info;
  const dtype = dtypeOf(type);
  if (itemSize(dtype) === 0)
    session.context.budget.takeItems(
      count,
      `dataset '${pointerOf(info.path)}' of ${count} × ${nameOfType(type)}`,
    );
  const each =
    itemSize(dtype) > 0 && type.kind !== 'array' ? itemSize(dtype) : Math.max(type.size, OBJECT_BYTES);
  session.context.budget.takeBytes(
    count * each,
    `dataset '${pointerOf(info.path)}' of ${count} × ${nameOfType(type)}`,
  );
}

function decodeAll(session: ReadSession, info: DatasetInfo, spans: readonly Span[] | undefined): Decoded {
  const { type, run } = info;
  const decoder = new ElementDecoder(session, pointerOf(info.path));
  if (run !== undefined) {
    if (spans === undefined) {
      return decoder.decode(
        type,
        {
          bytes: fileBytes(session, info, 0, run.size),
          at: 0,
          count: sizeOfShape(info.shape!),
          stride: type.size,
        },
        true,
      );
    }
    const part = directPart(session, info, spans, decoder);
    if (part !== undefined) return part;
    if (info.stored !== undefined) return decodeAll(session, { ...info, run: undefined }, spans);
    return decodeAll(
      session,
      libraryInfo(session, info.path, session.header(session.file.addressOf(info.path))),
      spans,
    );
  }
  const count = spans === undefined ? sizeOfShape(info.shape!) : sizeOfShape(spans.map((span) => span.count));
  if (info.stored !== undefined) {
    const bytes = storedBytes(session, info.stored, spans);
    return decoder.decode(type, { bytes, at: 0, count, stride: type.size }, true);
  }
  if (isNative(type))
    return decoder.decode(
      type,
      { bytes: nativeBytes(session, info, spans, count), at: 0, count, stride: type.size },
      true,
    );
  const parts: Decoded[] = [];
  readSlabs(session, info, spans, (slab) => parts.push(decoder.decode(type, slab)));
  return joinDecoded(parts, decoder, type);
}

/** Elements as they stand in the file, read without the library. */
function storedBytes(
  session: ReadSession,
  stored: StoredData,
  spans: readonly Span[] | undefined,
): Uint8Array {
  const all = spans ?? stored.shape.map((count) => ({ start: 0, count, step: 1, drop: false }));
  return readStored(session.native!.structures, stored, all, session.context.budget);
}

/** A selection of contiguous data, when reading what lies between its elements costs little. */
function directPart(
  session: ReadSession,
  info: DatasetInfo,
  spans: readonly Span[],
  decoder: ElementDecoder,
): Decoded | undefined {
  const { type } = info;
  const shape = info.shape!;
  if (spans.some((span) => span.count === 0))
    return decoder.decode(type, { bytes: new Uint8Array(0), at: 0, count: 0, stride: type.size });
  let axis = 0;
  while (axis < shape.length - 1 && spans[axis]!.count === 1) axis++;
  const inner = sizeOfShape(shape.slice(axis + 1));
  let first = 0;
  for (let i = 0; i <= axis; i++) first = first * shape[i]! + spans[i]!.start;
  const covered = shape.length === 0 ? 1 : spanExtent(spans[axis]!) * inner;
  const wanted = sizeOfShape(spans.map((span) => span.count));
  if (covered * type.size > Math.max(GAP_BYTES, 4 * wanted * type.size)) return undefined;
  const bytes = fileBytes(
    session,
    info,
    (shape.length === 0 ? 0 : first * inner) * type.size,
    covered * type.size,
  );
  const whole = decoder.decode(type, { bytes, at: 0, count: covered, stride: type.size }, true);
  if (covered === wanted) return whole;
  const block = new NDArray({
    dtype: whole.dtype,
    shape: [spanExtent(spans[axis]!), ...shape.slice(axis + 1), ...whole.inner],
    data: whole.data,
    unit: whole.unit,
  });
  const local = [
    { ...spans[axis]!, start: 0 },
    ...spans.slice(axis + 1),
    ...whole.inner.map((count) => ({ start: 0, count, step: 1, drop: false })),
  ];
  return { ...whole, data: gatherSpans(block, local).data };
}

function fileBytes(session: ReadSession, info: DatasetInfo, from: number, length: number): Uint8Array {
  const at = info.run!.at + from;
  if (length === 0) return new Uint8Array(0);
  const bytes = session.view.bytes(at, length);
  if (bytes === undefined) {
    throw new FormatError('corrupt', `read '${info.path}': its data ends after the file`, {
      path: pointerOf(info.path),
      offset: at,
    });
  }
  return bytes;
}

/** All bytes of a selection whose elements need no conversion, copied out of the library's memory once. */
function nativeBytes(
  session: ReadSession,
  info: DatasetInfo,
  spans: readonly Span[] | undefined,
  count: number,
): Uint8Array {
  const data = allocateData(dtypeOf(info.type), count) as Exclude<DataOf<DType>, readonly unknown[]>;
  const target = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  readSlabs(session, info, spans, ({ bytes }) => {
    target.set(bytes, at);
    at += bytes.byteLength;
  });
  return target;
}

/** Reads a selection slab by slab; the bytes are valid only during the call. */
function readSlabs(
  session: ReadSession,
  info: DatasetInfo,
  spans: readonly Span[] | undefined,
  take: (run: Run) => void,
): void {
  const { path, type, silence } = info;
  const shape = info.shape!;
  const { engine } = session.library;
  const all = spans ?? shape.map((count) => ({ start: 0, count, step: 1, drop: false }));
  const total = sizeOfShape(all.map((span) => span.count));
  if (total === 0) return;
  const most = Math.max(1, Math.floor(SLAB_BYTES / type.size));
  const variable = hasVariableLength(type);
  let done = 0;
  const readOne = (part: Hyperslab | undefined, count: number): void => {
    const size = count * type.size;
    withMemory(engine, size, (pointer) => {
      // A dataset that was never written, or a corrupt one, must not hand out pointers that lie there by chance.
      if (variable) session.heap().fill(0, pointer, pointer + size);
      session.library.readData(path, part, pointer, silence);
      try {
        take({ bytes: session.heap().subarray(pointer, pointer + size), at: 0, count, stride: type.size });
      } finally {
        if (variable && !engine.broken) session.library.reclaim(path, '', pointer, part?.count);
      }
    });
    done += count;
    session.context.progress(done * type.size, total * type.size);
  };
  if (shape.length === 0) return readOne(undefined, 1);
  for (const slab of slabsOf(all, info.chunks, most)) readOne(slab, sizeOfShape(slab.count));
}

function joinDecoded(parts: readonly Decoded[], decoder: ElementDecoder, type: ElementType): Decoded {
  if (parts.length === 1) return parts[0]!;
  const empty = decoder.decode(type, { bytes: new Uint8Array(0), at: 0, count: 0, stride: type.size });
  if (parts.length === 0) return empty;
  if (Array.isArray(empty.data))
    return {
      ...empty,
      data: parts.flatMap((part) => part.data as readonly unknown[]) as unknown as DataOf<DType>,
    };
  const bytes = parts.map(({ data }) => {
    // The dtype has a typed array: it was not a plain one above.
    const typed = data as Exclude<DataOf<DType>, readonly unknown[]>;
    return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
  });
  const joined = new Uint8Array(bytes.reduce((sum, piece) => sum + piece.byteLength, 0));
  let at = 0;
  for (const piece of bytes) {
    joined.set(piece, at);
    at += piece.byteLength;
  }
  return { ...empty, data: viewData(empty.dtype, joined, joined.byteLength / itemSize(empty.dtype)) };
}
