import {
  byteLengthOf,
  type Commit,
  type Context,
  childPath,
  type Editor,
  type Sink,
  splitPath,
  type Value,
  wholeEditor,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode, encodeAt, encodeItems, type PickleEnd } from './encode.js';
import type { PickleOptions } from './options.js';
import { PickleFile, Skeleton } from './scan/pickle-file.js';
import { isGroup, MARK } from './values/forms.js';

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
  /** Changes to the whole, once one needs it. */
  #whole: Editor | undefined;

  constructor(sink: Sink, context: Context<PickleOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  async put(path: string, value: Value): Promise<void> {
    const [name, ...deeper] = splitPath(path);
    const entry = name !== undefined && deeper.length === 0 && this.#whole === undefined;
    if (entry && name !== MARK && this.#dictEnd() !== undefined) this.#items.set(name, value);
    else await (await this.#loaded()).put(path, value);
  }

  async append(path: string, value: Value): Promise<void> {
    const behind = this.#isStream() && this.#whole === undefined && splitPath(path).length === 0;
    if (behind) this.#pickles.push(...(Array.isArray(value) ? (value as readonly Value[]) : [value]));
    else await (await this.#loaded()).append(path, value);
  }

  async remove(path: string): Promise<void> {
    await (await this.#loaded()).remove(path);
  }

  async commit(): Promise<Commit> {
    const { size } = this.#sink;
    let commit: Commit = { written: 0, rewritten: 0 };
    if (this.#whole !== undefined) commit = await this.#whole.commit();
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

  /** The editor of the whole, told what waits to be written. */
  async #loaded(): Promise<Editor> {
    if (this.#whole !== undefined) return this.#whole;
    const whole = wholeEditor(this.#sink, { decode, encode }, this.#context);
    for (const [name, value] of this.#items) await whole.put(childPath('', name), value);
    if (this.#pickles.length > 0) await whole.append('', this.#pickles);
    this.#forget();
    this.#whole = whole;
    return whole;
  }

  #forget(): void {
    this.#items = new Map();
    this.#pickles = [];
  }
}
