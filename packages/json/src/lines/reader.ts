import {
  type BatchOptions,
  type Column,
  type Context,
  type Entry,
  FormatError,
  isTable,
  type Reader,
  readLineBlocks,
  type Source,
  selectFrom,
  sliceTable,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import type { NdjsonOptions } from '../options.js';
import { withTypes } from './batch-types.js';
import { decodeLines } from './decode.js';

const BATCH_ROWS = 10_000;

/** Decodes the whole for entries and selections; batches pass in blocks of lines, in bounded memory. */
export function open(source: Source, context: Context<NdjsonOptions>): Reader {
  return new LinesReader(source, context);
}

class LinesReader implements Reader {
  readonly #source: Source;
  readonly #context: Context<NdjsonOptions>;
  #whole: Promise<Value> | undefined;

  constructor(source: Source, context: Context<NdjsonOptions>) {
    this.#source = source;
    this.#context = context;
  }

  async entries(): Promise<readonly Entry[]> {
    const value = await this.#load();
    const storedBytes = this.#source.size;
    if (!isTable(value)) return [{ path: '', kind: 'tree', storedBytes }];
    return [
      {
        path: '',
        kind: 'table',
        rows: value.rows,
        columns: value.columns.map(({ name, type }) => ({ name, type })),
        storedBytes,
      },
    ];
  }

  async read(path: string, selection?: Parameters<Reader['read']>[1]): Promise<Value> {
    if (splitPath(path).length > 0)
      throw new FormatError('not-found', `read '${path}': a file of lines is one table`, {
        format: 'ndjson',
        path,
        supported: [''],
      });
    return selectFrom(await this.#load(), path, selection);
  }

  /**
   * Batches of whole lines, with the types of the first one: a column that has a fraction only later ends with
   * an error that names the line, never with a value changed.
   */
  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    if (splitPath(path).length > 0)
      throw new FormatError('not-found', `read '${path}': a file of lines is one table`, {
        format: 'ndjson',
        path,
        supported: [''],
      });
    if (options.slice !== undefined) {
      yield* pieces((await this.read(path, options)) as Table, options.rows ?? BATCH_ROWS);
      return;
    }
    let types: readonly Column[] | undefined;
    for await (const { bytes, at } of readLineBlocks(this.#source, this.#context)) {
      const value = decodeLines(bytes, this.#context, 0, bytes.length);
      this.#context.budget.releaseBytes(bytes.length * 8);
      if (!isTable(value))
        throw new FormatError(
          'unsupported',
          `read lines from byte ${at} in batches: they are no rows of one table`,
          { format: 'ndjson', offset: at, feature: 'batches' },
        );
      const table = sliceTable(value, { columns: options.columns });
      const alike: Table = types === undefined ? table : withTypes(table, types, at);
      types ??= alike.columns;
      yield* pieces(alike, options.rows ?? BATCH_ROWS);
    }
  }

  close(): void | Promise<void> {
    return this.#source.close();
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

function* pieces(table: Table, rows: number): Generator<Table> {
  for (let start = 0; start < table.rows; start += rows)
    yield sliceTable(table, { slice: [{ start, stop: Math.min(table.rows, start + rows) }] });
}
