import {
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isTable,
  joinBytes,
  kindOfValue,
  readLineBlocks,
  type Sink,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import type { NdjsonOptions } from '../options.js';
import { decodeLines } from './decode.js';
import { encodeRows } from './encode.js';

const LINE_FEED = 0x0a;

/** Rows are added as lines at the end; everything else is a new file. */
export function edit(sink: Sink, context: Context<NdjsonOptions>): Editor {
  return new LinesEditor(sink, context);
}

class LinesEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<NdjsonOptions>;
  #replacement: Uint8Array[] | undefined;
  #added: Uint8Array[] = [];

  constructor(sink: Sink, context: Context<NdjsonOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    this.#replacement = [this.#lines(path, value)];
    this.#added = [];
  }

  async append(path: string, value: Value): Promise<void> {
    const lines = this.#lines(path, value);
    await this.#checkColumns(value as Table);
    (this.#replacement ?? this.#added).push(lines);
  }

  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    for await (const batch of batches) {
      if (this.#replacement === undefined && this.#sink.size === 0) this.put(path, batch);
      else await this.append(path, batch);
    }
  }

  remove(path: string): void {
    if (splitPath(path).length > 0) throw notFound(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'ndjson',
      path,
    });
  }

  async commit(): Promise<Commit> {
    const { size } = this.#sink;
    if (this.#replacement !== undefined) {
      const bytes = joinBytes(this.#replacement);
      await this.#sink.replace(bytes);
      this.#replacement = undefined;
      return { written: bytes.length, rewritten: Math.min(size, bytes.length) };
    }
    const added = joinBytes(this.#added.splice(0));
    if (added.length === 0) return { written: 0, rewritten: 0 };
    const pieces = (await this.#endsOpen()) ? [Uint8Array.of(LINE_FEED), added] : [added];
    await this.#sink.write(size, pieces);
    return { written: pieces.reduce((sum, piece) => sum + piece.length, 0), rewritten: 0 };
  }

  close(): void {
    this.#added = [];
  }

  #lines(path: string, value: Value): Uint8Array {
    if (splitPath(path).length > 0) throw notFound(path);
    if (!isTable(value))
      throw new FormatError(
        'unsupported',
        `put ${kindOfValue(value)} as ndjson: a file holds the rows of a table`,
        { format: 'ndjson', path },
      );
    return joinBytes(encodeRows(value, this.#context));
  }

  /** New rows have the columns of the first lines, so that the file stays one table. */
  async #checkColumns(table: Table): Promise<void> {
    if (this.#replacement !== undefined) return;
    if (this.#sink.size === 0)
      throw new FormatError('not-found', `append to '': the file is new`, { format: 'ndjson', path: '' });
    for await (const { bytes } of readLineBlocks(this.#sink, this.#context)) {
      const first = decodeLines(bytes, this.#context, 0, firstLineEnd(bytes));
      const names = isTable(first) ? first.columns.map((column) => column.name) : [];
      if (isTable(first) && names.join('\0') !== table.columns.map((column) => column.name).join('\0')) {
        throw new FormatError(
          'unsupported',
          `append rows with columns [${table.columns.map((column) => column.name)}]: the lines have [${names}]`,
          { format: 'ndjson', path: '' },
        );
      }
      return;
    }
  }

  /** Whether the last line has no line feed. */
  async #endsOpen(): Promise<boolean> {
    const { size } = this.#sink;
    if (size === 0) return false;
    const [last] = await this.#sink.read([{ at: size - 1, length: 1 }], this.#context.signal);
    return last![0] !== LINE_FEED;
  }
}

function firstLineEnd(bytes: Uint8Array): number {
  const end = bytes.indexOf(LINE_FEED);
  return end < 0 ? bytes.length : end;
}

function notFound(path: string): FormatError {
  return new FormatError('not-found', `edit '${path}': a file of lines is one table`, {
    format: 'ndjson',
    path,
    supported: [''],
  });
}
