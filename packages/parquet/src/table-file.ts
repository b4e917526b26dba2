import {
  type Column,
  type ColumnType,
  childPath,
  FormatError,
  type Range,
  scalarType,
  Table,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';
import { readAttributes } from './attributes.js';
import { type Decompress, loadDecompress } from './codec/decompress.js';
import type { ChunkSource } from './column/chunk-pages.js';
import { isIndexed, joined, LEAST_INDEXED, partOf } from './column/chunk-part.js';
import { type Collector, collectorOf, type FileColumn } from './column/collect.js';
import type { ReadEnv } from './column/env.js';
import { decodeOffsetIndex, type PageLocation } from './column/page-index.js';
import { corrupt, unsupported } from './corrupt.js';
import type { Codec, Footer, RowGroupMeta } from './footer.js';
import { after, all, inTurn, type Maybe } from './maybe.js';
import { type ArrayNote, readArrayNote, readColumnNotes } from './notes.js';
import { PAGE_ROWS, type ParquetOptions } from './options.js';
import { type Field, fieldOf, typeOfField } from './schema/field.js';
import type { Int96 } from './schema/leaf-kind.js';
import { type Leaf, schemaTree } from './schema/tree.js';

/** Bytes of the file, in the order of the ranges. */
export type Fetch = (ranges: readonly Range[]) => Maybe<Uint8Array[]>;

/** A file whose metadata was read. */
export interface OpenedFile {
  readonly footer: Footer;
  readonly sealed: boolean;
  readonly size: number;
  readonly fetch: Fetch;
}

/** The columns of a Parquet file, read on demand. */
export class TableFile {
  readonly footer: Footer;
  /** Written by FormatLab with checksums. */
  readonly sealed: boolean;
  readonly leaves: readonly Leaf[];
  readonly columns: readonly FileColumn[];
  /** Set where the file holds an array. */
  readonly array: ArrayNote | undefined;
  readonly attributes: ValueRecord;
  protected readonly size: number;
  protected readonly fetch: Fetch;
  protected readonly env: ReadEnv;
  readonly #decompress = new Map<Codec, Maybe<Decompress>>();

  /** @throws FormatError `corrupt`, `unsupported` */
  constructor(
    { footer, sealed, size, fetch }: OpenedFile,
    env: Pick<ReadEnv, 'budget' | 'progress'>,
    options: ParquetOptions,
  ) {
    this.footer = footer;
    this.size = size;
    this.fetch = fetch;
    this.sealed = sealed;
    const verify = options.verify ?? 'own';
    this.env = {
      budget: env.budget,
      progress: env.progress,
      verify: verify === 'always' || (sealed && verify === 'own'),
      own: sealed,
    };
    const notes = readColumnNotes(footer.keyValues);
    const { root, leaves } = schemaTree(footer.elements, env.budget, {
      notes,
      int96: int96Of(footer, options.int96 ?? 'auto'),
    });
    this.leaves = leaves;
    this.columns = root.children.map((node) => {
      const field = fieldOf(node);
      const name = node.element.name;
      return columnOf(name, field, notes.get(childPath('', name))?.shape);
    });
    checkNames(this.columns);
    checkGroups(footer.groups, leaves);
    const array = readArrayNote(footer.keyValues);
    this.array = array !== undefined && holdsArray(array, this.columns, footer.rows) ? array : undefined;
    this.attributes = readAttributes(footer.keyValues);
  }

  get rows(): number {
    return this.footer.rows;
  }

  /** Rows `from … to` as a table with the file's attributes. @throws FormatError */
  readTable(columns: readonly FileColumn[], from: number, to: number): Maybe<Table> {
    return after(this.readColumns(columns, from, to), (read) =>
      withAttributes(new Table(to - from, read), this.attributes),
    );
  }

  /** Reads only the row groups and column chunks, and where an index says it the pages, that are needed. */
  readColumns(columns: readonly FileColumn[], from: number, to: number): Maybe<Column[]> {
    const collectors = columns.map((column) => collectorOf(column, to - from, this.env));
    let start = 0;
    const wanted = this.footer.groups.flatMap((group) => {
      const first = Math.max(0, from - start);
      const last = Math.min(group.rows, to - start);
      start += group.rows;
      return last > first ? [{ group, first, last }] : [];
    });
    return after(
      inTurn(wanted, ({ group, first, last }) => this.#readGroup(group, first, last, collectors)),
      () => collectors.map((collector) => collector.finish()),
    );
  }

  /** Rows that are best read together: those of a page, or a whole row group where pages can't be found by their rows. */
  windowOf(columns: readonly FileColumn[], group: RowGroupMeta): number {
    const indexed = columns.every(
      (column) => column.field.kind === 'leaf' && isIndexed(group.chunks[column.field.leaf.index]!),
    );
    return indexed ? PAGE_ROWS : Math.max(1, group.rows);
  }

  #readGroup(group: RowGroupMeta, from: number, to: number, collectors: readonly Collector[]): Maybe<void> {
    const jobs = collectors.flatMap((collector) =>
      collector.leaves.map((leaf) => ({ leaf, chunk: group.chunks[leaf.index]!, flat: collector.flat })),
    );
    const part = to - from < group.rows;
    const indexed = jobs.filter(
      ({ flat, chunk }) => part && flat && chunk.offsetIndex !== undefined && chunk.length > LEAST_INDEXED,
    );
    const indexes = indexed.length === 0 ? [] : this.fetch(indexed.map(({ chunk }) => chunk.offsetIndex!));
    return after(indexes, (found) => {
      const pages = new Map(
        indexed.map(({ leaf, chunk }, i): [number, readonly PageLocation[]] => [
          leaf.index,
          decodeOffsetIndex(found[i]!, chunk.offsetIndex!.at, this.size),
        ]),
      );
      const parts = jobs.map(({ leaf, chunk }) => partOf(chunk, pages.get(leaf.index), from, to, group.rows));
      const ranges = parts.flatMap((each) => each.ranges);
      const bytes = ranges.reduce((sum, range) => sum + range.length, 0);
      this.env.budget.takeBytes(bytes, `${bytes} bytes of column chunks`);
      const decompress = all(jobs.map(({ chunk }) => this.#loadDecompress(chunk.codec)));
      return after(this.fetch(ranges), (pieces) =>
        after(decompress, (unpack) => {
          let next = 0;
          const sources = jobs.map(({ leaf, flat }, i): ChunkSource => {
            const { ranges: own, rows, firstRow } = parts[i]!;
            const data = own.length === 1 ? pieces[next]! : joined(pieces[next]!, pieces[next + 1]!);
            next += own.length;
            const chunk = group.chunks[leaf.index]!;
            if (flat && chunk.values !== group.rows)
              throw corrupt(
                `read '${leaf.path.join('.')}': ${chunk.values} values in a row group of ${group.rows} rows`,
                chunk.start,
              );
            return {
              leaf,
              indexed: firstRow !== undefined,
              bytes: data,
              base: own.at(-1)!.at - data.byteLength + own.at(-1)!.length,
              values: firstRow === undefined ? chunk.values : rows,
              decompress: unpack[i]!,
            };
          });
          let job = 0;
          for (const collector of collectors) {
            const count = collector.leaves.length;
            const { firstRow = 0 } = parts[job]!;
            collector.take(sources.slice(job, job + count), from - firstRow, to - firstRow, group.rows);
            job += count;
          }
          this.env.budget.releaseBytes(bytes);
        }),
      );
    });
  }

  #loadDecompress(codec: Codec): Maybe<Decompress> {
    const known = this.#decompress.get(codec);
    if (known !== undefined) return known;
    const loaded = after(loadDecompress(codec), (decompress) => {
      this.#decompress.set(codec, decompress);
      return decompress;
    });
    this.#decompress.set(codec, loaded);
    return loaded;
  }
}

function columnOf(name: string, field: Field, shape: readonly number[] | undefined): FileColumn {
  const item = shape === undefined ? undefined : blockItem(field, shape.length);
  if (item === undefined) return { name, field, type: typeOfField(field), shape: undefined };
  return { name, field, type: typeOfField(item), shape };
}

/** The leaf under as many lists as there are dimensions, all of them required. */
function blockItem(field: Field, depth: number): Field | undefined {
  let item = field;
  for (let level = 0; level < depth; level++) {
    if (item.kind !== 'list' || item.nullable) return undefined;
    item = item.item;
  }
  return item.kind === 'leaf' && !item.nullable ? item : undefined;
}

/** Whether the file is still what the note says: another program may have changed it. */
function holdsArray(note: ArrayNote, columns: readonly FileColumn[], rows: number): boolean {
  const type: ColumnType | undefined = columns[0]?.type;
  if (columns.length !== 1 || type?.kind !== 'scalar' || columns[0]?.shape !== undefined || type.nullable)
    return false;
  const size = note.shape.reduce((product, length) => product * length, 1);
  const wanted = scalarType(note.dtype, note.unit === undefined ? {} : { unit: note.unit });
  return (
    size === rows && type.dtype === wanted.dtype && type.unit === wanted.unit && type.decimal === undefined
  );
}

function checkNames(columns: readonly FileColumn[]): void {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name))
      throw unsupported(`read Parquet file: column '${name}' stands twice`, 'columns of one name', {
        path: childPath('', name),
      });
    names.add(name);
  }
}

function checkGroups(groups: readonly RowGroupMeta[], leaves: readonly Leaf[]): void {
  for (const [i, { chunks }] of groups.entries()) {
    if (chunks.length !== leaves.length)
      throw corrupt(
        `read row group ${i}: ${chunks.length} column chunks, the schema has ${leaves.length} columns`,
      );
    for (const leaf of leaves) {
      const { physical } = chunks[leaf.index]!;
      if (physical !== leaf.physical)
        throw corrupt(
          `read row group ${i}: '${leaf.path.join('.')}' is ${physical}, the schema says ${leaf.physical}`,
        );
    }
  }
}

function int96Of({ keyValues }: Footer, unit: 'auto' | Int96['unit']): Int96 {
  if (unit !== 'auto') return { unit, wraps: false };
  const spark = keyValues.some(({ key }) => key.startsWith('org.apache.spark.'));
  return { unit: spark ? 'us' : 'ns', wraps: spark };
}

/** Columns by name, in the order asked for. @throws FormatError `not-found` */
export function namedColumns(file: TableFile, names: readonly string[] | undefined): readonly FileColumn[] {
  if (names === undefined) return file.columns;
  return names.map((name) => {
    const column = file.columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw new FormatError('not-found', `select column '${name}': not in the table`, {
        format: 'parquet',
        supported: file.columns.map((known) => known.name),
      });
    }
    return column;
  });
}
