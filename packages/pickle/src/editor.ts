import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  childPath,
  type Editor,
  newRecord,
  piecesOf,
  putValue,
  removeValue,
  type Sink,
  splitPath,
  type Value,
  valueAt,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode, encodeAt, encodeItems, type PickleEnd } from './encode.js';
import type { PickleOptions } from './options.js';
import { isGroup } from './reader.js';
import { PickleFile, Skeleton } from './scan/pickle-file.js';
import { MARK } from './values/forms.js';

/**
 * Entries of a dict go to the end of the file, before a new STOP: of a key that is set twice the last value counts.
 * Pickles of a stream are written behind the others. Every other change decodes the file and writes it anew.
 */
export function edit(sink: Sink, context: Context<PickleOptions>): Editor {
  return new PickleEditor(sink, context);
}

class PickleEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<PickleOptions>;
  /** Entries to put into the dict of the file as it is, or pickles to put behind the others. */
  #items = new Map<string, Value>();
  #pickles: Value[] = [];
  /** The root with all changes, once a change needs it. */
  #whole: { root: Value | undefined } | undefined;

  constructor(sink: Sink, context: Context<PickleOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void {
    const [name, ...deeper] = splitPath(path);
    const entry = name !== undefined && deeper.length === 0 && this.#whole === undefined;
    if (entry && name !== MARK && this.#dictEnd() !== undefined) this.#items.set(name, value);
    else if (name === undefined) {
      this.#forget();
      this.#whole = { root: value };
    } else this.#change((root) => putValue(root, path, value));
  }

  append(path: string, value: Value): void {
    const behind = this.#isStream() && this.#whole === undefined && splitPath(path).length === 0;
    if (behind) this.#pickles.push(...(Array.isArray(value) ? (value as readonly Value[]) : [value]));
    else
      this.#change((root) =>
        putValue(root, path, appendValue(valueAt(root ?? newRecord(), path), value, path)),
      );
  }

  remove(path: string): void {
    this.#change((root) => removeValue(root ?? newRecord(), path));
  }

  async commit(): Promise<Commit> {
    const { size } = this.#sink;
    let commit: Commit = { written: 0, rewritten: 0 };
    if (this.#whole !== undefined) commit = await this.#rewrite(this.#whole.root);
    else if (this.#items.size > 0) {
      const end = this.#dictEnd()!;
      const pieces = encodeItems(this.#items, end, this.#context);
      await this.#sink.write(end.at, pieces);
      commit = { written: byteLengthOf(pieces), rewritten: size - end.at };
    } else if (this.#pickles.length > 0) {
      const pieces: Uint8Array[] = [];
      for (const value of this.#pickles)
        pieces.push(...encodeAt(value, size + byteLengthOf(pieces), this.#context));
      await this.#sink.write(size, pieces);
      commit = { written: byteLengthOf(pieces), rewritten: 0 };
    }
    this.close();
    return commit;
  }

  close(): void {
    this.#forget();
    this.#whole = undefined;
    this.#end = undefined;
  }

  #end: { readonly found: PickleEnd | undefined } | undefined;

  /** Where the file ends, if that is behind a dict of plain names. */
  #dictEnd(): PickleEnd | undefined {
    if (this.#end !== undefined) return this.#end.found;
    const { size } = this.#sink;
    this.#end = { found: undefined };
    if (size === 0 || this.#context.options.stream === true) return undefined;
    const skeleton = new Skeleton(new PickleFile(this.#sink, this.#context), 0, this.#context);
    const { end, root, protocol, memoized } = skeleton;
    if (isGroup(root) && end === size) this.#end = { found: { at: size - 1, protocol, memoized } };
    return this.#end.found;
  }

  /** Whether the file has pickles behind which others may stand. */
  #isStream(): boolean {
    return this.#context.options.stream === true && this.#sink.size > 0;
  }

  #change(work: (root: Value | undefined) => Value): void {
    this.#whole ??= { root: this.#load() };
    // Kept until here, so that a refused change leaves the others as they were.
    this.#whole.root = work(this.#whole.root);
  }

  /** The file's root with what waits in it. */
  #load(): Value | undefined {
    const { size } = this.#sink;
    let root: Value | undefined;
    if (size > 0) {
      this.#context.budget.takeBytes(size, `the ${size} bytes of '${this.#sink.name}'`);
      // The format asks for sinks that read at once.
      root = decode(this.#sink.readSync!([{ at: 0, length: size }])[0]!, this.#context);
    }
    for (const [name, value] of this.#items) root = putValue(root, childPath('', name), value);
    if (this.#pickles.length > 0) root = appendValue(root!, this.#pickles, '');
    this.#forget();
    return root;
  }

  #forget(): void {
    this.#items = new Map();
    this.#pickles = [];
  }

  async #rewrite(root: Value | undefined): Promise<Commit> {
    const before = this.#sink.size;
    const pieces = piecesOf(encode(root ?? newRecord(), this.#context) as Uint8Array | readonly Uint8Array[]);
    await this.#sink.replace(pieces);
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }
}
