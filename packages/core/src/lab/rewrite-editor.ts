import type { Context, FormatSet } from '../contract/context.js';
import type { Commit, Editor } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { byteLengthOf } from '../io/ranges.js';
import type { Sink } from '../io/source.js';
import type { Compression } from '../layers/compression.js';
import { decompress } from '../layers/layers.js';
import { appendValue } from '../values/concat.js';
import { newRecord, type Value } from '../values/value.js';
import type { Chosen } from './call.js';
import { readWhole } from './read-call.js';
import { encode, type SaveOptions } from './save.js';
import { putValue, removeValue } from './value-edit.js';
import { valueAt } from './whole-reader.js';

interface RewriteCall {
  readonly formats: FormatSet;
  readonly chosen: Chosen;
  readonly context: Context<object>;
  readonly compression: Compression;
  readonly options: SaveOptions;
}

/** Edits the decoded value and writes the file anew on commit: for formats and layers without editing in place. */
export function rewriteEditor(sink: Sink, call: RewriteCall): Editor {
  return new RewriteEditor(sink, call);
}

class RewriteEditor implements Editor {
  readonly #sink: Sink;
  readonly #call: RewriteCall;
  #root: Value | undefined;
  #loaded = false;
  #changed = false;

  constructor(sink: Sink, call: RewriteCall) {
    this.#sink = sink;
    this.#call = call;
  }

  async put(path: string, value: Value): Promise<void> {
    this.#root = putValue(await this.#load(), path, value);
    this.#changed = true;
  }

  async append(path: string, value: Value): Promise<void> {
    const root = await this.#load();
    if (root === undefined)
      throw new FormatError('not-found', `append to '${path}': the file is new`, { path });
    this.#root = putValue(root, path, appendValue(valueAt(root, path), value, path));
    this.#changed = true;
  }

  async remove(path: string): Promise<void> {
    const root = await this.#load();
    if (root === undefined) throw new FormatError('not-found', `remove '${path}': the file is new`, { path });
    this.#root = removeValue(root, path);
    this.#changed = true;
  }

  async commit(): Promise<Commit> {
    if (!this.#changed) return { written: 0, rewritten: 0 };
    const { formats, chosen, options, compression } = this.#call;
    const before = this.#sink.size;
    const { pieces } = await encode(
      formats,
      this.#root ?? newRecord(),
      { ...options, format: chosen.format.id, compression },
      this.#sink.name,
    );
    await this.#sink.replace(pieces);
    this.#changed = false;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  close(): void {
    this.#root = undefined;
  }

  async #load(): Promise<Value | undefined> {
    if (this.#loaded) return this.#root;
    if (this.#sink.size > 0) this.#root = await this.#decode();
    // Not before: what cannot be read must not be taken for a new file and overwritten.
    this.#loaded = true;
    return this.#root;
  }

  async #decode(): Promise<Value> {
    const { chosen, context, compression } = this.#call;
    const bytes = await decompress(await readWhole(this.#sink, context), compression, context.budget);
    return chosen.implementation.decode(bytes, context);
  }
}
