import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isTable,
  newRecord,
  putValue,
  removeValue,
  type Sink,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { FILE, MAGIC } from './forms/fields.js';
import { isOurs } from './forms/read-value.js';
import { writeEntry } from './forms/write-value.js';
import { messageOf, type ProtobufOptions } from './options.js';
import { writeStream } from './stream/write-stream.js';
import { WireReader } from './wire/reader.js';

/** Enough for the first fields of a file: magic, padding, the tag behind them. */
const HEAD_BYTES = 64;

/**
 * Entries of a record, and rows of a stream, are added at the end of the file: fields may come in any order, and
 * of an entry that comes twice the last one counts. Everything else writes the file anew.
 */
export async function edit(sink: Sink, context: Context<ProtobufOptions>): Promise<Editor> {
  const type = messageOf(context.options);
  const stream = type !== undefined && context.options.stream === true;
  const entries = type === undefined && sink.size > 0 && (await holdsEntries(sink));
  return new ProtobufEditor(
    sink,
    context,
    stream && sink.size > 0 ? 'stream' : entries ? 'entries' : 'whole',
  );
}

class ProtobufEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<ProtobufOptions>;
  #mode: 'entries' | 'stream' | 'whole';
  /** What is to stand at the end of the file; and how to do the same to a whole value. */
  #tail: Uint8Array[] = [];
  #steps: ((root: Value) => Value)[] = [];
  #root: Value | undefined;
  #changed = false;

  constructor(sink: Sink, context: Context<ProtobufOptions>, mode: 'entries' | 'stream' | 'whole') {
    this.#sink = sink;
    this.#context = context;
    this.#mode = mode;
  }

  async put(path: string, value: Value): Promise<void> {
    const names = splitPath(path);
    if (this.#mode === 'entries' && names.length === 1) {
      this.#tail.push(...writeEntry(names[0]!, value, this.#context.budget));
      this.#steps.push((root) => putValue(root, path, value));
      return;
    }
    if (names.length > 0) await this.#load();
    else this.#forget();
    this.#root = putValue(this.#root ?? newRecord(), path, value);
    this.#changed = true;
  }

  async append(path: string, value: Value): Promise<void> {
    if (this.#mode === 'stream' && splitPath(path).length === 0 && (isTable(value) || Array.isArray(value))) {
      this.#tail.push(...writeStream(value, messageOf(this.#context.options)!, this.#context));
      this.#steps.push((root) => appendValue(root, value, path));
      return;
    }
    const root = await this.#existing(`append to '${path}'`, path);
    this.#root = putValue(root, path, appendValue(valueAt(root, path), value, path));
    this.#changed = true;
  }

  async remove(path: string): Promise<void> {
    this.#root = removeValue(await this.#existing(`remove '${path}'`, path), path);
    this.#changed = true;
  }

  async commit(): Promise<Commit> {
    if (this.#mode !== 'whole') {
      const written = byteLengthOf(this.#tail);
      if (written > 0) await this.#sink.write(this.#sink.size, this.#tail);
      this.#tail = [];
      this.#steps = [];
      return { written, rewritten: 0 };
    }
    if (!this.#changed) return { written: 0, rewritten: 0 };
    const before = this.#sink.size;
    const pieces = encode(this.#root ?? newRecord(), this.#context);
    await this.#sink.replace(pieces);
    this.#changed = false;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  close(): void {
    this.#tail = [];
    this.#steps = [];
    this.#root = undefined;
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
      const [bytes] = await this.#sink.read([{ at: 0, length: size }], this.#context.signal);
      let root = decode(bytes!, this.#context);
      for (const step of this.#steps) root = step(root);
      this.#root = root;
    }
    if (this.#tail.length > 0) this.#changed = true;
    this.#forget();
  }

  #forget(): void {
    this.#mode = 'whole';
    this.#tail = [];
    this.#steps = [];
  }
}

/** Whether the file is a record of ours: its first field behind the padding tells. */
async function holdsEntries(sink: Sink): Promise<boolean> {
  const [head] = await sink.read([{ at: 0, length: Math.min(sink.size, HEAD_BYTES) }]);
  if (!isOurs(head!)) return false;
  const r = new WireReader(head!);
  r.pos = MAGIC.length;
  while (r.pos < head!.length) {
    const number = r.tag() >>> 3;
    if (number === FILE.entries) return true;
    if (number !== FILE.padding) return false;
    const length = r.length();
    r.pos += length;
  }
  return true;
}
