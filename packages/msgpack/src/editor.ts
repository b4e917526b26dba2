import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
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
import { encode, encodeAt } from './encode.js';
import { isWellFormed, MARK } from './forms/mark.js';
import { type GroupPlace, placeAt } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { Scanner } from './scanner.js';
import { FIXARRAY, MAP16, MAP32 } from './spec.js';

/**
 * New entries of a root map go to the end of the file and are counted in its header; one of the same size as before
 * is written in its place. Every other change decodes the file and writes it anew.
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

  constructor(sink: Sink, context: Context<MsgpackOptions>) {
    this.#sink = sink;
    this.#context = context;
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
    await this.#change((root) =>
      putValue(root, path, appendValue(valueAt(root ?? newRecord(), path), value, path)),
    );
  }

  async remove(path: string): Promise<void> {
    await this.#change((root) => removeValue(root ?? newRecord(), path));
  }

  async commit(): Promise<Commit> {
    if (this.#whole === undefined && this.#pending.size === 0) return { written: 0, rewritten: 0 };
    const patches = this.#whole === undefined ? await this.#patches() : undefined;
    const commit = patches === undefined ? await this.#rewrite() : await this.#write(patches);
    this.close();
    return commit;
  }

  close(): void {
    this.#pending = new Map();
    this.#whole = undefined;
    this.#group = undefined;
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
    const before = this.#sink.size;
    const root = this.#whole === undefined ? await this.#load() : this.#whole.root;
    const pieces = piecesOf(encode(root ?? newRecord(), this.#context) as Uint8Array | readonly Uint8Array[]);
    await this.#sink.replace(pieces);
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }
}

/** The header of the root map for another count, in the width that it has; undefined where that has no room. */
function countedHeader(first: number, count: number): Uint8Array | undefined {
  if (first < FIXARRAY) return count < 16 ? Uint8Array.of(0x80 | count) : undefined;
  if (first === MAP16) return count < 2 ** 16 ? Uint8Array.of(MAP16, count >> 8, count & 0xff) : undefined;
  if (first !== MAP32)
    throw new FormatError('corrupt', `add an entry: 0x${first.toString(16)} starts no map`, {
      format: 'msgpack',
      offset: 0,
    });
  const header = Uint8Array.of(MAP32, 0, 0, 0, 0);
  new DataView(header.buffer).setUint32(1, count);
  return header;
}
