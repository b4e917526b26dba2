import {
  type Column,
  type ColumnType,
  type DataOf,
  type DType,
  NAT,
  NDArray,
  sizeOfShape,
  type Value,
} from '@formatlab/core';
import { corrupt } from '../corrupt.js';
import { type ColumnData, memoryOf, roomFor } from '../encoding/load.js';
import { repetitionAt } from '../repetition.js';
import { type Field, leafPath, leavesOf } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import { assembleRows } from './assemble.js';
import type { ChunkSource } from './chunk-pages.js';
import type { ReadEnv } from './env.js';
import { type FlatTarget, readFlatChunk } from './read-flat.js';
import { type LeafStream, readStream } from './read-stream.js';

/** A column of an open file. */
export interface FileColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly field: Field;
  /** Lengths behind the rows, where each row is an array of this shape. */
  readonly shape: readonly number[] | undefined;
}

/** Builds one column from its chunks, row group by row group. */
export interface Collector {
  readonly leaves: readonly Leaf[];
  /** Whether rows are found by counting values, so that pages outside can be left out. */
  readonly flat: boolean;
  /** Adds the rows `from … to` of the chunks at hand, which hold `rows` rows. */
  take(chunks: readonly ChunkSource[], from: number, to: number, rows: number): void;
  finish(): Column;
}

/** @throws FormatError `limit` when the budget has no room for `rows` rows */
export function collectorOf(column: FileColumn, rows: number, env: ReadEnv): Collector {
  env.budget.takeItems(rows, `column '${column.name}' of ${rows} rows`);
  if (column.shape !== undefined) return new BlockCollector(column, column.shape, rows, env);
  return column.field.kind === 'leaf'
    ? new FlatCollector(column, column.field.leaf, rows, env)
    : new NestedCollector(column, env);
}

/** Values that lie in the file as they lie in the table. */
class FlatCollector implements Collector {
  readonly leaves: readonly Leaf[];
  readonly flat = true;
  readonly #column: FileColumn;
  readonly #target: FlatTarget;
  readonly #rows: number;
  readonly #env: ReadEnv;
  #at = 0;

  constructor(column: FileColumn, leaf: Leaf, rows: number, env: ReadEnv) {
    const nullable = leaf.maxDef > 0;
    env.budget.takeBytes(
      memoryOf(leaf, rows) + (nullable ? rows : 0),
      `column '${column.name}' of ${rows} rows`,
    );
    this.leaves = [leaf];
    this.#column = column;
    this.#target = { data: roomFor(leaf, rows), valid: nullable ? new Uint8Array(rows) : undefined };
    this.#rows = rows;
    this.#env = env;
  }

  take(chunks: readonly ChunkSource[], from: number, to: number): void {
    readFlatChunk(chunks[0]!, from, to, this.#target, this.#at, this.#env);
    this.#at += to - from;
  }

  finish(): Column {
    return flatColumn(this.#column, this.leaves[0]!, this.#rows, this.#target);
  }
}

/** A filled flat column: NaT where nulls stand for it, and no validity where every row has a value. */
export function flatColumn(
  column: FileColumn,
  leaf: Leaf,
  rows: number,
  { data, valid }: FlatTarget,
): Column {
  const { name, type } = column;
  const {
    nat,
    type: { dtype, unit },
  } = leaf.kind;
  if (nat === true && valid !== undefined) fillNat(data as BigInt64Array, valid);
  const values = new NDArray({ dtype, shape: [rows], data, unit });
  return valid === undefined || nat === true || !valid.includes(0)
    ? { name, type, values }
    : { name, type, values, valid };
}

/** Lists, structs and maps: one value a row. */
class NestedCollector implements Collector {
  readonly leaves: readonly Leaf[];
  readonly flat = false;
  readonly #column: FileColumn;
  readonly #env: ReadEnv;
  readonly #parts: (readonly Value[])[] = [];

  constructor(column: FileColumn, env: ReadEnv) {
    this.leaves = leavesOf(column.field);
    this.#column = column;
    this.#env = env;
  }

  take(chunks: readonly ChunkSource[], from: number, to: number, rows: number): void {
    const streams = new Map(
      chunks.map((chunk): [number, LeafStream] => [chunk.leaf.index, readStream(chunk, this.#env)]),
    );
    const values = assembleRows(this.#column.field, streams, rows);
    this.#parts.push(from === 0 && to === rows ? values : values.slice(from, to));
  }

  finish(): Column {
    const { name, type } = this.#column;
    const values = this.#parts.length === 1 ? this.#parts[0]! : this.#parts.flat(1);
    if (!type.nullable) return { name, type, values };
    const valid = Uint8Array.from(values, (value) => (value === null ? 0 : 1));
    return valid.includes(0) ? { name, type, values, valid } : { name, type, values };
  }
}

/** Rows that are arrays of one shape: lists in the file, one array in the table. */
class BlockCollector implements Collector {
  readonly leaves: readonly Leaf[];
  readonly flat = false;
  readonly #column: FileColumn;
  readonly #shape: readonly number[];
  readonly #size: number;
  /** Dimensions in front of the first empty one, and how many entries they make. */
  readonly #nonEmpty: readonly number[];
  readonly #lists: number;
  readonly #rows: number;
  readonly #env: ReadEnv;
  readonly #data: ColumnData;
  #at = 0;

  constructor(column: FileColumn, shape: readonly number[], rows: number, env: ReadEnv) {
    const leaf = leavesOf(column.field)[0]!;
    this.leaves = [leaf];
    this.#column = column;
    this.#shape = shape;
    this.#size = sizeOfShape(shape);
    const empty = shape.indexOf(0);
    this.#nonEmpty = empty < 0 ? shape : shape.slice(0, empty);
    this.#lists = sizeOfShape(this.#nonEmpty);
    this.#rows = rows;
    this.#env = env;
    env.budget.takeBytes(memoryOf(leaf, rows * this.#size), `column '${column.name}' of ${rows} rows`);
    this.#data = roomFor(leaf, rows * this.#size);
  }

  take(chunks: readonly ChunkSource[], from: number, to: number, rows: number): void {
    const stream = readStream(chunks[0]!, this.#env);
    const size = this.#size;
    if (stream.entries !== rows * this.#lists || stream.present !== rows * size) {
      throw corrupt(`read '${leafPath(stream.leaf)}': rows are not of shape [${this.#shape}]`);
    }
    checkShape(stream, this.#nonEmpty);
    // Both are of the leaf's dtype.
    const source = stream.data as unknown as { readonly [index: number]: number };
    const target = this.#data as unknown as { [index: number]: number };
    for (let i = from * size; i < to * size; i++) target[this.#at++] = source[i]!;
  }

  finish(): Column {
    const { name, type } = this.#column;
    const { dtype, unit } = this.leaves[0]!.kind.type;
    const data = this.#data as DataOf<DType>;
    return { name, type, values: new NDArray({ dtype, shape: [this.#rows, ...this.#shape], data, unit }) };
  }
}

/** Every entry has to start a list of the depth that the shape says. */
function checkShape({ reps, leaf, entries }: LeafStream, shape: readonly number[]): void {
  for (let entry = 0; entry < entries; entry++) {
    if ((reps?.[entry] ?? 0) !== repetitionAt(entry, shape))
      throw corrupt(`read '${leafPath(leaf)}': rows are not of shape [${shape}]`);
  }
}

function fillNat(data: BigInt64Array, valid: Uint8Array): void {
  for (let i = 0; i < valid.length; i++) if (valid[i] === 0) data[i] = NAT;
}
