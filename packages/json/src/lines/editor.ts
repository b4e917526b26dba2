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
import { BatchLosses } from './batch-losses.js';
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
  /** Bytes of the file before what was written since the last commit. */
  #before: number | undefined;

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

  /** Lines go into the file as they come, behind what is there; without a commit they are cut off again. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    if (this.#replacement !== undefined) {
      for await (const batch of batches) await this.append(path, batch);
      return;
    }
    const losses = new BatchLosses();
    let names: string | undefined;
    for await (const batch of batches) {
      const lines = this.#lines(path, batch, { ...this.#context, loss: (loss) => losses.add(loss) });
      losses.next(batch.rows);
      const here = batch.columns.map(({ name }) => name).join('\0');
      if (names === undefined) {
        await this.#flush();
        if (this.#sink.size > 0) await this.#checkColumns(batch);
      } else if (here !== names)
        throw new FormatError(
          'unsupported',
          `append a batch with columns [${batch.columns.map(({ name }) => name)}]: the first one has [${names.split('\0')}]`,
          { format: 'ndjson', path },
        );
      names ??= here;
      await this.#write([lines]);
    }
    losses.report(this.#context.loss);
  }

  remove(path: string): void {
    if (splitPath(path).length > 0) throw notFound(path);
    throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
      format: 'ndjson',
      path,
    });
  }

  async commit(): Promise<Commit> {
    const size = this.#before ?? this.#sink.size;
    if (this.#replacement !== undefined) {
      const bytes = joinBytes(this.#replacement);
      await this.#sink.replace(bytes);
      this.#replacement = undefined;
      this.#before = undefined;
      return { written: bytes.length, rewritten: Math.min(size, bytes.length) };
    }
    await this.#flush();
    this.#before = undefined;
    return { written: this.#sink.size - size, rewritten: 0 };
  }

  async close(): Promise<void> {
    this.#added = [];
    if (this.#before !== undefined) await this.#sink.truncate(this.#before);
    this.#before = undefined;
  }

  /** Writes the lines that were added. */
  async #flush(): Promise<void> {
    const added = this.#added.splice(0);
    if (added.length > 0) await this.#write(added);
  }

  /** Writes behind the file as it is. */
  async #write(pieces: readonly Uint8Array[]): Promise<void> {
    const { size } = this.#sink;
    const open = this.#before === undefined && (await this.#endsOpen());
    this.#before ??= size;
    await this.#sink.write(size, open ? [Uint8Array.of(LINE_FEED), ...pieces] : pieces);
  }

  #lines(path: string, value: Value, context = this.#context): Uint8Array {
    if (splitPath(path).length > 0) throw notFound(path);
    if (!isTable(value))
      throw new FormatError(
        'unsupported',
        `put ${kindOfValue(value)} as ndjson: a file holds the rows of a table`,
        { format: 'ndjson', path },
      );
    return joinBytes(encodeRows(value, context));
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
