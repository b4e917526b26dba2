import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  isTable,
  newRecord,
  piecesOf,
  putValue,
  removeValue,
  type Sink,
  splitPath,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { decode } from './decode.js';
import { encode, encodeAt, encodeSequence } from './encode.js';
import { isWellFormed, MARK } from './forms/mark.js';
import { type Grown, growTable, undo } from './growing.js';
import { countedHeader } from './header.js';
import { type GroupPlace, placeAt } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { Scanner } from './scanner.js';

/**
 * New entries of a root map go to the end of the file and are counted in its header, and so do further parts of a table
 * that stands there; one of the same size as before is written in its place. Values of a stream go to its end. Every
 * other change decodes the file and writes it anew.
 */
export function edit(sink: Sink, context: Context<MsgpackOptions>): Editor {
  return new MsgpackEditor(sink, context);
}

interface Patch {
  readonly at: number;
  readonly pieces: readonly Uint8Array[];
}

class MsgpackEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<MsgpackOptions>;
  /** Entries to put into the root map of the file as it is. */
  #pending = new Map<string, Value>();
  /** The root with all changes, once a change needs it. */
  #whole: { root: Value | undefined } | undefined;
  /** The file before what is not committed, and what it had in the place of headers that were written since. */
  #before: number;
  #replaced: Grown['replaced'][number][] = [];
  #grown = 0;

  constructor(sink: Sink, context: Context<MsgpackOptions>) {
    this.#sink = sink;
    this.#context = context;
    this.#before = sink.size;
  }

  async put(path: string, value: Value): Promise<void> {
    const [name, ...deeper] = splitPath(path);
    const simple =
      name !== undefined &&
      deeper.length === 0 &&
      this.#whole === undefined &&
      (await this.#rootGroup()) !== undefined;
    if (simple && name !== MARK && isWellFormed(name)) this.#pending.set(name, value);
    else if (name === undefined) this.#replace(value);
    else await this.#change((root) => putValue(root, path, value));
  }

  async append(path: string, value: Value): Promise<void> {
    if (await this.#appendToStream(path, value)) return;
    if (
      isTable(value) &&
      this.#sink.size > 0 &&
      (await this.#holds(path)) &&
      (await this.#grow(path, [value]))
    )
      return;
    await this.#change((root) =>
      putValue(root, path, appendValue(valueAt(root ?? newRecord(), path), value, path)),
    );
  }

  /** Rows go into the file as they come; it is made as it was before where nothing is committed. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    if (await this.#grow(path, batches)) return;
    for await (const batch of batches) {
      if (await this.#holds(path)) await this.append(path, batch);
      else await this.put(path, batch);
    }
  }

  async remove(path: string): Promise<void> {
    await this.#change((root) => removeValue(root ?? newRecord(), path));
  }

  async commit(): Promise<Commit> {
    let commit: Commit = { written: 0, rewritten: 0 };
    if (this.#whole !== undefined) commit = await this.#rewrite();
    else {
      if (this.#pending.size > 0) {
        const patches = await this.#patches();
        commit = patches === undefined ? await this.#rewrite() : await this.#write(patches);
      }
      const replaced = this.#replaced.reduce((sum, { bytes }) => sum + bytes.length, 0);
      commit = { written: commit.written + this.#grown, rewritten: commit.rewritten + replaced };
    }
    this.#settled();
    return commit;
  }

  async close(): Promise<void> {
    await undo(this.#sink, this.#before, this.#replaced);
    this.#settled();
  }

  #settled(): void {
    this.#pending = new Map();
    this.#whole = undefined;
    this.#group = undefined;
    this.#before = this.#sink.size;
    this.#replaced = [];
    this.#grown = 0;
  }

  /** Whether there is something of this name, in the file or to come. */
  async #holds(path: string): Promise<boolean> {
    if (this.#whole === undefined && this.#pending.size === 0 && this.#sink.size === 0) return false;
    if (this.#whole === undefined && this.#pending.size === 0) {
      const names = (await this.#rootGroup())?.members;
      const [name, ...deeper] = splitPath(path);
      if (name === undefined) return true;
      if (names !== undefined && deeper.length === 0) return names.has(name);
    }
    await this.#change((root) => root ?? newRecord());
    try {
      valueAt(this.#whole!.root!, path);
      return true;
    } catch {
      return false;
    }
  }

  /** False where the table is not at the end of the file, or changes wait to be written. */
  async #grow(path: string, batches: AsyncIterable<Table> | Iterable<Table>): Promise<boolean> {
    const waits =
      this.#whole !== undefined || this.#pending.size > 0 || this.#context.options.stream === true;
    const grown = waits ? undefined : await growTable(this.#sink, path, batches, this.#context);
    if (grown === undefined) return false;
    this.#grown += grown.written;
    // Of a header that is written twice the first state counts.
    this.#replaced.push(...grown.replaced.filter(({ at }) => this.#replaced.every((old) => old.at !== at)));
    this.#group = undefined;
    return true;
  }

  /** Values behind those of a stream. */
  async #appendToStream(path: string, value: Value): Promise<boolean> {
    const fits = splitPath(path).length === 0 && (isTable(value) || Array.isArray(value));
    if (this.#context.options.stream !== true || this.#whole !== undefined || !fits || this.#sink.size === 0)
      return false;
    const pieces = encodeSequence(value, this.#sink.size, this.#context);
    await this.#sink.write(this.#sink.size, pieces);
    this.#grown += byteLengthOf(pieces);
    return true;
  }

  #group: { readonly place: GroupPlace | undefined } | undefined;

  /** The root map of the file, if it has one of plain names. */
  async #rootGroup(): Promise<GroupPlace | undefined> {
    if (this.#group !== undefined) return this.#group.place;
    const { size } = this.#sink;
    const readable = size > 0 && this.#context.options.stream !== true;
    const place = readable ? await placeAt(new Scanner(this.#sink, this.#context), 0) : undefined;
    this.#group = { place: place?.kind === 'group' ? place : undefined };
    return this.#group.place;
  }

  #replace(root: Value): void {
    this.#pending.clear();
    this.#whole = { root };
  }

  async #change(work: (root: Value | undefined) => Value): Promise<void> {
    this.#whole ??= { root: await this.#load() };
    // Kept until here, so that a refused change leaves the others as they were.
    this.#whole.root = work(this.#whole.root);
  }

  /** The file's root with the pending entries in it. */
  async #load(): Promise<Value | undefined> {
    const { size } = this.#sink;
    let root: Value | undefined;
    if (size > 0) {
      this.#context.budget.takeBytes(size, `the ${size} bytes of '${this.#sink.name}'`);
      const [bytes] = await this.#sink.read([{ at: 0, length: size }], this.#context.signal);
      root = decode(bytes!, this.#context);
    }
    for (const [name, value] of this.#pending)
      root = putValue(root, `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, value);
    this.#pending.clear();
    return root;
  }

  /** What to write over and behind the file as it is; undefined where that does not do. */
  async #patches(): Promise<readonly Patch[] | undefined> {
    const group = (await this.#rootGroup())!;
    const scanner = new Scanner(this.#sink, this.#context);
    const inPlace: Patch[] = [];
    const added: Uint8Array[] = [];
    let tail = group.end;
    let count = group.members.size;
    for (const [name, value] of this.#pending) {
      const at = group.members.get(name);
      if (at === undefined) {
        const pieces = encodeAt(value, tail, name, this.#context);
        added.push(...pieces);
        tail += byteLengthOf(pieces);
        count++;
        continue;
      }
      const nameBytes = byteLengthOf(encodeAt(null, 0, name, this.#context)) - 1;
      const pieces = encodeAt(value, at - nameBytes, name, this.#context);
      if (byteLengthOf(pieces) - nameBytes !== (await scanner.end(at)) - at) return undefined;
      inPlace.push({ at: at - nameBytes, pieces });
    }
    if (added.length === 0) return inPlace;
    const [head] = await this.#sink.read([{ at: 0, length: 1 }], this.#context.signal);
    const header = countedHeader(head![0]!, count);
    return header === undefined
      ? undefined
      : [...inPlace, { at: group.end, pieces: added }, { at: 0, pieces: [header] }];
  }

  /** The count in the header is written last: before, the file is what it was. */
  async #write(patches: readonly Patch[]): Promise<Commit> {
    const before = this.#sink.size;
    let written = 0;
    let rewritten = 0;
    for (const { at, pieces } of patches) {
      const length = byteLengthOf(pieces);
      if (at === 0) await this.#sink.flush();
      await this.#sink.write(at, pieces);
      written += length;
      rewritten += Math.max(0, Math.min(before, at + length) - at);
    }
    const end = Math.max(...patches.map(({ at, pieces }) => at + byteLengthOf(pieces)));
    const cutOff = patches.length > 1 && end < this.#sink.size && patches.at(-1)!.at === 0;
    // What a writer that was killed left behind the root would follow it again.
    if (cutOff) await this.#sink.truncate(end);
    await this.#sink.flush();
    return { written, rewritten };
  }

  async #rewrite(): Promise<Commit> {
    const before = this.#before;
    const root = this.#whole === undefined ? await this.#load() : this.#whole.root;
    const pieces = piecesOf(encode(root ?? newRecord(), this.#context) as Uint8Array | readonly Uint8Array[]);
    await this.#sink.replace(pieces);
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }
}
