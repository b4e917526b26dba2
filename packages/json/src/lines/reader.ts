import {
  type BatchOptions,
  type Context,
  type Entry,
  FormatError,
  pickColumns,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Source,
  selectFrom,
  sliceTable,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import type { NdjsonOptions } from '../options.js';
import { decodeLines } from './decode.js';
import { IndexedLines } from './indexed-lines.js';
import { readLineBlocks } from './line-blocks.js';
import { scanOfIndex } from './line-index.js';
import { readBlock } from './read-rows.js';
import { type LinesScan, scanTypes, tableOf } from './scan-types.js';

const BATCH_ROWS = 10_000;

/**
 * Decodes the whole for values and selections, where no index tells their places; entries and batches pass in blocks of lines,
 * in bounded memory.
 */
export function open(source: Source, context: Context<NdjsonOptions>): Reader {
  return new LinesReader(source, context);
}

class LinesReader implements Reader {
  readonly #source: Source;
  readonly #context: Context<NdjsonOptions>;
  readonly #indexed: IndexedLines | undefined;
  #whole: Promise<Value> | undefined;
  #scanned: Promise<LinesScan | undefined> | undefined;

  constructor(source: Source, context: Context<NdjsonOptions>) {
    this.#source = source;
    this.#context = context;
    if (context.index !== undefined)
      this.#indexed = new IndexedLines(source, context, scanOfIndex(context.index, source.size));
  }

  async entries(): Promise<readonly Entry[]> {
    if (this.#indexed !== undefined) return [this.#indexed.entry()];
    const scan = await this.#scan();
    const storedBytes = this.#source.size;
    if (scan === undefined) return [{ path: '', kind: 'tree', storedBytes }];
    const columns = scan.columns.map(({ name, type }) => ({ name, type }));
    return [{ path: '', kind: 'table', rows: scan.rows, columns, storedBytes }];
  }

  async read(path: string, selection?: ReadSelection): Promise<Value> {
    checkRoot(path);
    const isPart = selection?.slice !== undefined || selection?.columns !== undefined;
    if (this.#indexed !== undefined && isPart) return this.#indexed.read(path, selection!);
    return selectFrom(await this.#load(), path, selection);
  }

  /** Blocks of lines in the columns that all lines together have: a first pass over the file finds them. */
  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    checkRoot(path);
    const scan = await this.#scan();
    if (scan === undefined)
      throw new FormatError('unsupported', `read '${path}' in batches: its lines are no rows of one table`, {
        format: 'ndjson',
        path,
        feature: 'batches',
      });
    const columns = pickColumns(scan.columns, options.columns);
    const span = resolveSelection(options.slice, [scan.rows])[0]!;
    if (span.count === 0) return;
    const most = Math.max(1, options.rows ?? BATCH_ROWS);
    const mark = scan.marks.findLast(({ row }) => row <= span.start)!;
    let row = mark.row;
    for await (const block of readLineBlocks(this.#source, this.#context, mark.at)) {
      const read = readBlock(block, { ...this.#context, loss() {} });
      if (read === undefined)
        throw new FormatError('corrupt', `read the lines from byte ${block.at}: the file has changed`, {
          format: 'ndjson',
          offset: block.at,
        });
      const { rows } = read.rows;
      const first = Math.max(0, Math.ceil((row - span.start) / span.step));
      const last = Math.min(span.count, Math.ceil((row + rows - span.start) / span.step));
      if (last > first) {
        const table = tableOf(read.rows, columns);
        for (let next = first; next < last; next += most) {
          const start = span.start + next * span.step - row;
          const stop = start + (Math.min(most, last - next) - 1) * span.step + 1;
          const whole = start === 0 && stop === rows && span.step === 1;
          yield whole ? table : sliceTable(table, { slice: [{ start, stop, step: span.step }] });
        }
      }
      if (last === span.count) return;
      row += rows;
    }
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  /** The columns of all lines; undefined where they are no table. What is lost of numbers is told once. */
  #scan(): Promise<LinesScan | undefined> {
    this.#scanned ??= scanTypes(this.#source, this.#context).then((scan) => {
      if (scan !== undefined && scan.rounded > 0)
        this.#context.loss({
          path: '',
          kind: 'precision',
          from: 'numbers of more digits',
          to: 'the nearest float64',
          count: scan.rounded,
        });
      return scan;
    });
    return this.#scanned;
  }

  #load(): Promise<Value> {
    this.#whole ??= this.#readWhole();
    return this.#whole;
  }

  async #readWhole(): Promise<Value> {
    const { size, name } = this.#source;
    this.#context.budget.takeBytes(size, `the ${size} bytes of '${name}'`);
    const [bytes] = await this.#source.read([{ at: 0, length: size }], this.#context.signal);
    return decodeLines(bytes!, this.#context, 0, size);
  }
}

/** @throws FormatError `not-found` for anything but the root */
function checkRoot(path: string): void {
  if (splitPath(path).length > 0)
    throw new FormatError('not-found', `read '${path}': a file of lines is one table`, {
      format: 'ndjson',
      path,
      supported: [''],
    });
}
