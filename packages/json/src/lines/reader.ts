import {
  type BatchOptions,
  type Context,
  damagedIndex,
  type Entry,
  FormatError,
  pickColumns,
  type Reader,
  type ReadSelection,
  readLineBlocks,
  resolveSelection,
  type Source,
  selectFrom,
  sliceTable,
  splitPath,
  Table,
  type Value,
} from '@formatlab/core';
import { type NdjsonOptions, type Rules, rulesOf } from '../options.js';
import { decodeLines } from './decode.js';
import { IndexedLines } from './indexed-lines.js';
import { scanOfIndex } from './line-index.js';
import { inBlock, readRows } from './read-rows.js';
import { scanTable } from './scan-lines.js';

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
  readonly #rules: Rules;
  readonly #indexed: IndexedLines | undefined;
  #whole: Promise<Value> | undefined;
  #scanned: Promise<IndexedLines | undefined> | undefined;

  constructor(source: Source, context: Context<NdjsonOptions>) {
    this.#source = source;
    this.#context = context;
    this.#rules = rulesOf(context.options);
    if (context.index !== undefined)
      this.#indexed = new IndexedLines(source, context, scanOfIndex(context.index, source.size));
  }

  async entries(): Promise<readonly Entry[]> {
    const lines = await this.#table();
    return [lines?.entry() ?? { path: '', kind: 'tree', storedBytes: this.#source.size }];
  }

  async read(path: string, selection?: ReadSelection): Promise<Value> {
    checkRoot(path);
    const isPart = selection?.slice !== undefined || selection?.columns !== undefined;
    if (this.#indexed !== undefined && isPart) return this.#indexed.read(path, selection!);
    return selectFrom(await this.#load(), path, selection);
  }

  /** Blocks of lines in the columns that all lines together have: the index knows them, or a first pass over the file. */
  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    checkRoot(path);
    const lines = await this.#table();
    if (lines?.columns === undefined)
      throw new FormatError('unsupported', `read '${path}' in batches: its lines are no rows of one table`, {
        format: 'ndjson',
        path,
        feature: 'batches',
      });
    const { columns } = lines;
    pickColumns(columns, options.columns);
    const span = resolveSelection(options.slice, [lines.rows])[0]!;
    if (span.count === 0) return;
    const most = Math.max(1, options.rows ?? BATCH_ROWS);
    let { row, at } = lines.markBefore(span.start);
    for await (const block of readLineBlocks(this.#source, this.#context, at)) {
      const read = inBlock(block, this.#context, (parser) => {
        const rows = readRows(parser, this.#rules, columns);
        // What the pass over all lines found is told already.
        if (this.#indexed !== undefined) parser.finish();
        return rows;
      });
      if (read === undefined) throw this.#unlike(block.at);
      const { rows } = read;
      const first = Math.max(0, Math.ceil((row - span.start) / span.step));
      const last = Math.min(span.count, Math.ceil((row + rows - span.start) / span.step));
      if (last > first) {
        const picked = pickColumns(read.columns, options.columns);
        const table = new Table(
          rows,
          picked.map((column) => column.column(rows)),
        );
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

  /** The rows of all lines; undefined where they are known to be no table. What is lost of numbers is told once. */
  #table(): Promise<IndexedLines | undefined> {
    this.#scanned ??= this.#indexed === undefined ? this.#scan() : Promise.resolve(this.#indexed);
    return this.#scanned;
  }

  async #scan(): Promise<IndexedLines | undefined> {
    const scan = await scanTable(this.#source, this.#context);
    if (scan === undefined) return undefined;
    if (scan.rounded > 0)
      this.#context.loss({
        path: '',
        kind: 'precision',
        from: 'numbers of more digits',
        to: 'the nearest float64',
        count: scan.rounded,
      });
    return new IndexedLines(this.#source, this.#context, scan.lines);
  }

  /** Lines that are not those of the index, or of the pass over all. */
  #unlike(offset: number): FormatError {
    return this.#indexed === undefined
      ? new FormatError('corrupt', `read the lines from byte ${offset}: the file has changed`, {
          format: 'ndjson',
          offset,
        })
      : damagedIndex(`the lines of '${this.#source.name}' are not those that it says`);
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
