import {
  type Column,
  cellsOf,
  childPath,
  isNDArray,
  type NDArray,
  sizeOfShape,
  type Table,
} from '@formatlab/core';
import type { PageLocation } from '../column/page-index.js';
import { unsupported } from '../corrupt.js';
import type { ColumnData } from '../encoding/load.js';
import { after, inTurn, type Maybe } from '../maybe.js';
import { repetitionAt } from '../repetition.js';
import { type Field, leavesOf } from '../schema/field.js';
import { THRIFT } from '../thrift/decode.js';
import { ThriftWriter } from '../thrift/encode.js';
import { validOfNat } from '../ticks.js';
import { type ChunkSettings, type WrittenChunk, writeChunk } from './chunk.js';
import { type LeafEntries, shredRows } from './shred.js';

/** A written row group that starts at `at` in the file. */
export interface WrittenGroup {
  readonly at: number;
  readonly rows: number;
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  readonly chunks: readonly { readonly at: number; readonly chunk: WrittenChunk }[];
}

/** Where the page index of a chunk lies. */
export interface IndexPlace {
  readonly at: number;
  readonly length: number;
}

/** Rows `from … to` of a table as a row group for the file offset `at`. @throws FormatError `unsupported` */
export function writeGroup(
  fields: readonly Field[],
  table: Table,
  from: number,
  to: number,
  at: number,
  settings: ChunkSettings,
): Maybe<WrittenGroup> {
  const jobs = table.columns.map((column, i) => ({ column, field: fields[i]! }));
  const chunks: { at: number; chunk: WrittenChunk }[] = [];
  const pieces: Uint8Array[] = [];
  let length = 0;
  const writeEntries = (entries: LeafEntries): Maybe<void> =>
    after(writeChunk(entries, settings), (chunk) => {
      chunks.push({ at: at + length, chunk });
      // Not spread into the arguments: a chunk may have more pages than a call takes.
      for (const piece of chunk.pieces) pieces.push(piece);
      length += chunk.length;
    });
  const done = inTurn(jobs, ({ column, field }) => inTurn(entriesOf(field, column, from, to), writeEntries));
  return after(done, () => ({ at, rows: to - from, pieces, length, chunks }));
}

/** `RowGroup`, with the places of the indexes that were written meanwhile. */
export function encodeGroup(
  { at, rows, length, chunks }: WrittenGroup,
  indexes: readonly (IndexPlace | undefined)[],
): Uint8Array {
  const writer = new ThriftWriter();
  writer.list(1, THRIFT.struct, chunks.length, () => {
    for (const [i, { at: start, chunk }] of chunks.entries()) {
      writer.structItem(() => {
        writer.i64(2, start);
        chunk.describe(writer, 3, start);
        const index = indexes[i];
        if (index === undefined) return;
        writer.i64(4, index.at);
        writer.i32(5, index.length);
      });
    }
  });
  writer.i64(
    2,
    chunks.reduce((sum, { chunk }) => sum + chunk.size, 0),
  );
  writer.i64(3, rows);
  writer.i64(5, at);
  writer.i64(6, length);
  return writer.finish();
}

/** `OffsetIndex` of a chunk that starts at `at`. */
export function encodeIndex(pages: readonly PageLocation[], at: number): Uint8Array {
  const writer = new ThriftWriter();
  writer.list(1, THRIFT.struct, pages.length, () => {
    for (const page of pages) {
      writer.structItem(() => {
        writer.i64(1, at + page.at);
        writer.i32(2, page.length);
        writer.i64(3, page.firstRow);
      });
    }
  });
  return writer.finish();
}

function entriesOf(field: Field, column: Column, from: number, to: number): readonly LeafEntries[] {
  const path = childPath('', column.name);
  const { values } = column;
  if (isNDArray(values) && values.shape.length > 1) return [blockEntries(field, values, from, to)];
  if (isNDArray(values) && field.kind === 'leaf') return [flatEntries(field, column, values, from, to, path)];
  const cell = cellsOf(column);
  const rows = Array.from({ length: to - from }, (_, i) => cell(from + i));
  return shredRows(field, rows, path);
}

function flatEntries(
  field: Extract<Field, { kind: 'leaf' }>,
  column: Column,
  values: NDArray,
  from: number,
  to: number,
  path: string,
): LeafEntries {
  const { leaf } = field;
  const data = partOf(values.data, from, to);
  const entries = to - from;
  const valid = leaf.kind.nat === true ? validOfNat(data as BigInt64Array) : column.valid?.subarray(from, to);
  if (leaf.maxDef === 0) {
    if (valid?.includes(0))
      throw unsupported(
        `write '${path}' as parquet: a null in a column that has none`,
        'nulls in required columns',
        { path },
      );
    return { leaf, entries, defs: undefined, reps: undefined, data, present: entries };
  }
  const defs = new Uint8Array(entries).fill(1);
  let present = entries;
  if (valid !== undefined) {
    present = 0;
    for (let i = 0; i < entries; i++) present += defs[i] = valid[i] === 0 ? 0 : 1;
  }
  return {
    leaf,
    entries,
    defs,
    reps: undefined,
    data: present === entries ? data : withoutNulls(data, defs, present),
    present,
  };
}

/** Each row is an array of one shape: levels follow from the shape alone. */
function blockEntries(field: Field, values: NDArray, from: number, to: number): LeafEntries {
  const leaf = leavesOf(field)[0]!;
  const shape = values.shape.slice(1);
  const size = sizeOfShape(shape);
  const rows = to - from;
  const empty = shape.indexOf(0);
  if (empty >= 0) return emptyBlocks(leaf, shape, empty, rows, values);
  const entries = rows * size;
  const defs = new Uint8Array(entries).fill(leaf.maxDef);
  const reps = new Uint8Array(entries);
  for (let entry = 0; entry < entries; entry++) reps[entry] = repetitionAt(entry, shape);
  return { leaf, entries, defs, reps, data: partOf(values.data, from * size, to * size), present: entries };
}

/** The first empty dimension ends the lists. */
function emptyBlocks(
  leaf: LeafEntries['leaf'],
  shape: readonly number[],
  empty: number,
  rows: number,
  values: NDArray,
): LeafEntries {
  const outer = shape.slice(0, empty);
  const entries = rows * sizeOfShape(outer);
  const reps = Uint8Array.from({ length: entries }, (_, entry) => repetitionAt(entry, outer));
  return {
    leaf,
    entries,
    defs: new Uint8Array(entries).fill(empty),
    reps,
    data: partOf(values.data, 0, 0),
    present: 0,
  };
}

function partOf(data: ColumnData, from: number, to: number): ColumnData {
  // Both kinds of data cut alike; typed arrays without a copy.
  return Array.isArray(data)
    ? (data.slice(from, to) as unknown as ColumnData)
    : (data as Uint8Array).subarray(from, to);
}

function withoutNulls(data: ColumnData, defs: Uint8Array, present: number): ColumnData {
  if (Array.isArray(data)) return data.filter((_, i) => defs[i] === 1) as unknown as ColumnData;
  const typed = data as Uint8Array;
  // A typed array of the same class.
  const out = new (typed.constructor as Uint8ArrayConstructor)(present);
  for (let i = 0, at = 0; i < defs.length; i++) if (defs[i] === 1) out[at++] = typed[i]!;
  return out;
}
