import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  concatTables,
  type Editor,
  FormatError,
  isFormatError,
  isTable,
  newRecord,
  putValue,
  readParts,
  removeValue,
  type Sink,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { FILE, MAGIC } from './forms/fields.js';
import { isOurs } from './forms/read-value.js';
import { writeEntry, writeFile, writeMoreRows } from './forms/write-value.js';
import { messageOf, type ProtobufOptions } from './options.js';
import { valuesReader } from './reader.js';
import type { MessageType } from './schema/model.js';
import { writeStream } from './stream/write-stream.js';
import { WireReader } from './wire/reader.js';

/** Enough for the first fields of a file: magic, padding, the tag behind them. */
const HEAD_BYTES = 64;

/**
 * Entries of a record, and rows of its tables, of a table alone and of a stream, are added at the end of the file: fields
 * may come in any order, and of an entry that comes twice the last one counts. Everything else writes the file anew.
 */
export async function edit(sink: Sink, context: Context<ProtobufOptions>): Promise<Editor> {
  const type = messageOf(context.options);
  const mode = await modeOf(sink, type, context.options);
  return new ProtobufEditor(sink, context, type, mode);
}

/** What the file holds that grows at its end: entries, one value, messages; or the whole is in memory. */
type Mode = 'entries' | 'value' | 'stream' | 'whole';

class ProtobufEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<ProtobufOptions>;
  readonly #type: MessageType | undefined;
  #mode: Mode;
  /** Size of the file before what is not committed. */
  #before: number;
  /** What is to stand at the end of the file; and how to do the same to a whole value. */
  #tail: Uint8Array[] = [];
  #steps: ((root: Value) => Value)[] = [];
  /** Entries that are put by the tail. */
  readonly #put = new Set<string>();
  /** The tables that grow, without their rows. */
  readonly #tables = new Map<string, Table>();
  #root: Value | undefined;
  #changed = false;

  constructor(sink: Sink, context: Context<ProtobufOptions>, type: MessageType | undefined, mode: Mode) {
    this.#sink = sink;
    this.#context = context;
    this.#type = type;
    this.#mode = mode;
    this.#before = sink.size;
  }

  async put(path: string, value: Value): Promise<void> {
    const names = splitPath(path);
    if (this.#mode === 'entries' && names.length === 1) {
      this.#tail.push(...writeEntry(names[0]!, value, this.#context.budget));
      this.#steps.push((root) => putValue(root, path, value));
      this.#put.add(path);
      this.#tables.delete(path);
      return;
    }
    if (names.length > 0) await this.#load();
    else this.#forget();
    this.#root = putValue(this.#root ?? newRecord(), path, value);
    this.#changed = true;
  }

  async append(path: string, value: Value): Promise<void> {
    const rows = await this.#rows(path, value);
    if (rows !== undefined) {
      this.#tail.push(...rows);
      this.#steps.push((root) => putValue(root, path, appendValue(valueAt(root, path), value, path)));
      return;
    }
    const root = await this.#existing(`append to '${path}'`, path);
    this.#root = putValue(root, path, appendValue(valueAt(root, path), value, path));
    this.#changed = true;
  }

  /** Rows go into the file as they come; it is cut to its size before where nothing is committed. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    if (this.#mode !== 'whole') await this.#writeTail();
    const { size } = this.#sink;
    let first = true;
    try {
      for await (const batch of batches) {
        if (!first || !(await this.#begin(path, batch))) await this.append(path, batch);
        first = false;
        await this.#writeTail();
      }
    } catch (error) {
      // None of the rows, where not all of them came.
      if (this.#sink.size > size) await this.#sink.truncate(size);
      if (size === 0) this.#forget();
      throw error;
    }
  }

  async remove(path: string): Promise<void> {
    this.#root = removeValue(await this.#existing(`remove '${path}'`, path), path);
    this.#changed = true;
  }

  async commit(): Promise<Commit> {
    const before = this.#before;
    if (this.#mode !== 'whole') {
      await this.#writeTail();
      this.#before = this.#sink.size;
      return { written: this.#before - before, rewritten: 0 };
    }
    if (!this.#changed) return { written: 0, rewritten: 0 };
    const pieces = encode(this.#root ?? newRecord(), this.#context);
    await this.#sink.replace(pieces);
    this.#changed = false;
    this.#before = this.#sink.size;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  async close(): Promise<void> {
    this.#forget();
    this.#root = undefined;
    if (this.#sink.size > this.#before) await this.#sink.truncate(this.#before);
  }

  /** The bytes that make a table or stream in the file longer; undefined where the end of the file does not do. */
  async #rows(path: string, value: Value): Promise<readonly Uint8Array[] | undefined> {
    const names = splitPath(path);
    if (this.#mode === 'stream')
      return names.length === 0 && (isTable(value) || Array.isArray(value))
        ? writeStream(value, this.#type!, this.#context)
        : undefined;
    const grows =
      this.#mode === 'value' ? names.length === 0 : this.#mode === 'entries' && names.length === 1;
    if (!grows || !isTable(value) || this.#put.has(path)) return undefined;
    const table = this.#tables.get(path) ?? (await this.#emptyTable(path));
    if (table === undefined) return undefined;
    this.#tables.set(path, table);
    // What can't be read together is refused before it is written.
    concatTables([table, sliceTable(value, { slice: '0:0' })], path);
    return writeMoreRows(names[0], value, this.#context.budget);
  }

  /** @throws FormatError `not-found` */
  async #emptyTable(path: string): Promise<Table | undefined> {
    const parts = await valuesReader(this.#sink, this.#context).partsOf(path);
    return parts === undefined ? undefined : readParts(parts, { slice: '0:0' });
  }

  /** Puts the first batch where there is nothing of this name; false where there is. */
  async #begin(path: string, batch: Table): Promise<boolean> {
    const names = splitPath(path);
    const isNew = this.#mode === 'whole' && this.#root === undefined && this.#sink.size === 0;
    if (isNew && names.length < 2 && this.#type === undefined) {
      const value = names.length === 0 ? batch : Object.assign(newRecord(), { [names[0]!]: batch });
      this.#tail.push(...writeFile(value, this.#context.budget));
      this.#mode = names.length === 0 ? 'value' : 'entries';
      return true;
    }
    if (isNew && names.length === 0 && this.#context.options.stream === true) {
      this.#tail.push(...writeStream(batch, this.#type!, this.#context));
      this.#mode = 'stream';
      return true;
    }
    if (this.#mode === 'stream') return false;
    try {
      if (this.#mode === 'whole') valueAt(await this.#existing(`write batches of '${path}'`, path), path);
      else if (!this.#put.has(path)) await valuesReader(this.#sink, this.#context).partsOf(path);
      return false;
    } catch (error) {
      if (!isFormatError(error) || error.code !== 'not-found') throw error;
    }
    await this.put(path, batch);
    return true;
  }

  async #writeTail(): Promise<void> {
    if (this.#tail.length > 0) await this.#sink.write(this.#sink.size, this.#tail);
    this.#tail = [];
    // From here on the file has them.
    this.#steps = [];
    this.#put.clear();
  }

  async #existing(action: string, path: string): Promise<Value> {
    await this.#load();
    if (this.#root === undefined)
      throw new FormatError('not-found', `${action}: the file is new`, { format: 'protobuf', path });
    return this.#root;
  }

  /** From here on the whole is in memory, with what was to be added. */
  async #load(): Promise<void> {
    if (this.#root !== undefined) return;
    const { size } = this.#sink;
    if (size > 0) {
      this.#context.budget.takeBytes(size, `the ${size} bytes of '${this.#sink.name}'`);
      const [bytes] = await this.#sink.read([{ at: 0, length: size }], this.#context.signal);
      let root = decode(bytes!, this.#context);
      for (const step of this.#steps) root = step(root);
      this.#root = root;
    }
    if (this.#tail.length > 0 || size > this.#before) this.#changed = true;
    this.#forget();
  }

  #forget(): void {
    this.#mode = 'whole';
    this.#tail = [];
    this.#steps = [];
    this.#put.clear();
    this.#tables.clear();
  }
}

/** A file of ours is told by its first field behind the padding. */
async function modeOf(sink: Sink, type: MessageType | undefined, options: ProtobufOptions): Promise<Mode> {
  if (sink.size === 0) return 'whole';
  if (type !== undefined) return options.stream === true ? 'stream' : 'whole';
  const [head] = await sink.read([{ at: 0, length: Math.min(sink.size, HEAD_BYTES) }]);
  if (!isOurs(head!)) return 'whole';
  const r = new WireReader(head!);
  r.pos = MAGIC.length;
  while (r.pos < head!.length) {
    const number = r.tag() >>> 3;
    if (number === FILE.entries) return 'entries';
    if (number === FILE.value) return 'value';
    if (number !== FILE.padding) return 'whole';
    const length = r.length();
    r.pos += length;
  }
  return 'entries';
}
