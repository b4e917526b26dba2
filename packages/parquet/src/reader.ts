import {
  type BatchOptions,
  type Context,
  type Entry,
  FormatError,
  gatherSpans,
  type NDArray,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  sizeOfShape,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  type ValueRecord,
  withAttributes,
} from '@formatlab/core';
import type { FileColumn } from './column/collect.js';
import { arrayOf } from './decode.js';
import { after, type Maybe } from './maybe.js';
import type { ArrayNote } from './notes.js';
import { tableOfSource } from './open-table.js';
import type { ParquetOptions } from './options.js';
import { namedColumns, type TableFile } from './table-file.js';

const BATCH_ROWS = 10_000;

/** Opens a file by its head and its tail. @throws FormatError */
export function open(source: Source, context: Context<ParquetOptions>): Maybe<Reader> {
  return after(tableOfSource(source, context, context.options), (file) => new ParquetReader(source, file));
}

export class ParquetReader implements Reader {
  readonly #source: Source;
  readonly #file: TableFile;

  constructor(source: Source, file: TableFile) {
    this.#source = source;
    this.#file = file;
  }

  entries(): readonly Entry[] {
    const { array, rows, columns, footer } = this.#file;
    const storedBytes = footer.groups.reduce(
      (sum, group) => group.chunks.reduce((inner, chunk) => inner + chunk.length, sum),
      0,
    );
    if (array !== undefined)
      return [
        { path: '', kind: 'array', dtype: array.dtype, shape: array.shape, unit: array.unit, storedBytes },
      ];
    return [
      {
        path: '',
        kind: 'table',
        rows,
        columns: columns.map(({ name, type }) => ({ name, type })),
        storedBytes,
      },
    ];
  }

  read(path: string, selection: ReadSelection = {}): Maybe<Value> {
    checkRoot(path);
    const { array } = this.#file;
    return array === undefined ? this.#readTable(selection) : this.#readArray(array, selection);
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncIterable<Table> {
    checkRoot(path);
    const file = this.#file;
    if (file.array !== undefined)
      throw new FormatError('unsupported', 'read batches of an array: only tables have rows', {
        format: 'parquet',
        feature: 'batches of arrays',
      });
    const columns = namedColumns(file, options.columns);
    const most = options.rows ?? BATCH_ROWS;
    const span = resolveSelection(options.slice, [file.rows])[0]!;
    // Batches are cut out of windows of whole pages, or of whole row groups, so that each page is decoded once.
    for (const window of windowsOf(file, columns, most)) {
      const first = Math.max(0, Math.ceil((window.from - span.start) / span.step));
      const last = Math.min(span.count, Math.ceil((window.to - span.start) / span.step));
      if (last <= first) continue;
      const from = span.start + first * span.step;
      const table = await file.readTable(columns, from, span.start + (last - 1) * span.step + 1);
      for (let row = first; row < last; row += most) {
        const rows = Math.min(most, last - row);
        const start = (row - first) * span.step;
        yield sliceTable(table, {
          slice: [{ start, stop: start + (rows - 1) * span.step + 1, step: span.step }],
        });
      }
    }
  }

  attributes(path: string): ValueRecord {
    checkRoot(path);
    return this.#file.attributes;
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #readTable({ slice, columns: names }: ReadSelection): Maybe<Table> {
    const file = this.#file;
    const columns = namedColumns(file, names);
    const { start, count, step } = resolveSelection(slice, [file.rows])[0]!;
    if (count === 0) return file.readTable(columns, 0, 0);
    const table = file.readTable(columns, start, start + (count - 1) * step + 1);
    return step === 1
      ? table
      : after(table, (read) => withAttributes(sliceTable(read, { slice: [{ step }] }), file.attributes));
  }

  /** The rows of the flat column that the slabs of the first dimension are, then what is selected of them. */
  #readArray(array: ArrayNote, { slice, columns }: ReadSelection): Maybe<NDArray> {
    if (columns !== undefined)
      throw new FormatError('bad-selection', 'select columns of an array: it has none', {
        format: 'parquet',
      });
    const file = this.#file;
    const spans = resolveSelection(slice, array.shape);
    const [first, ...rest] = spans;
    const inner = sizeOfShape(array.shape.slice(1));
    const from = first === undefined ? 0 : first.start;
    const slabs = first === undefined ? 1 : first.count === 0 ? 0 : (first.count - 1) * first.step + 1;
    const flat = file.readColumns(
      file.columns,
      slabs === 0 ? 0 : from * inner,
      (slabs === 0 ? 0 : from + slabs) * inner,
    );
    return after(flat, (read) => {
      const values = read[0]!.values as NDArray;
      if (slice === undefined) return withAttributes(arrayOf(array.shape, values), file.attributes);
      const slab = arrayOf(first === undefined ? [] : [slabs, ...array.shape.slice(1)], values);
      return gatherSpans(slab, first === undefined ? [] : [{ ...first, start: 0 }, ...rest]);
    });
  }
}

/** Runs of rows that are read together, none of them over the end of a row group. */
function* windowsOf(
  file: TableFile,
  columns: readonly FileColumn[],
  most: number,
): Generator<{ readonly from: number; readonly to: number }> {
  let start = 0;
  for (const group of file.footer.groups) {
    const window = file.windowOf(columns, group);
    const rows = Math.max(1, Math.round(most / window)) * window;
    for (let row = 0; row < group.rows; row += rows)
      yield { from: start + row, to: start + Math.min(group.rows, row + rows) };
    start += group.rows;
  }
}

function checkRoot(path: string): void {
  if (splitPath(path).length > 0)
    throw new FormatError('not-found', `read '${path}': a Parquet file has one entry, the root`, {
      format: 'parquet',
      path,
      supported: [''],
    });
}
