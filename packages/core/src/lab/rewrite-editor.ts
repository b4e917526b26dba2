import type { Context, FormatSet } from '../contract/context.js';
import type { Implementation } from '../contract/format.js';
import type { Commit, Editor } from '../contract/reader.js';
import { FormatError } from '../errors.js';
import { byteLengthOf, piecesOf } from '../io/ranges.js';
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
export function rewriteEditor(
  sink: Sink,
  { formats, chosen, context, compression, options }: RewriteCall,
): Editor {
  return new RewriteEditor(sink, {
    decode: async () => {
      const bytes = await decompress(await readWhole(sink, context), compression, context.budget);
      return chosen.implementation.decode(bytes, context);
    },
    encode: async (root) => {
      const call = { ...options, format: chosen.format.id, compression };
      return (await encode(formats, root, call, sink.name)).pieces;
    },
  });
}

/**
 * The same for the editor of a format, for those changes that its layout takes in no other way.
 *
 * @throws FormatError
 */
export function wholeEditor<Options>(
  sink: Sink,
  format: Pick<Implementation<Options>, 'decode' | 'encode'>,
  context: Context<Options>,
): Editor {
  return new RewriteEditor(sink, {
    decode: async () => format.decode(await readWhole(sink, context), context),
    encode: async (root) => piecesOf(await format.encode(root, context)),
  });
}

/** How the content of the file becomes its root, and back. */
interface Codec {
  decode(): Promise<Value>;
  encode(root: Value): Promise<readonly Uint8Array[]>;
}

class RewriteEditor implements Editor {
  readonly #sink: Sink;
  readonly #codec: Codec;
  #root: Value | undefined;
  #loaded = false;
  #changed = false;

  constructor(sink: Sink, codec: Codec) {
    this.#sink = sink;
    this.#codec = codec;
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
    const before = this.#sink.size;
    const pieces = await this.#codec.encode(this.#root ?? newRecord());
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
    if (this.#sink.size > 0) this.#root = await this.#codec.decode();
    // Not before: what cannot be read must not be taken for a new file and overwritten.
    this.#loaded = true;
    return this.#root;
  }
}
