import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  childPath,
  type Editor,
  FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  type Sink,
  scalarArray,
  splitPath,
  type Value,
} from '@formatlab/core';
import { decodeNpyAt } from '../npy/decode.js';
import { encodeNpy } from '../npy/encode.js';
import type { NumpyOptions } from '../options.js';
import { readerOf } from '../reader.js';
import { packDirectory, packEntries, packMember } from './archive.js';
import { type Member, readDirectory } from './directory.js';
import { readMember } from './member-data.js';
import { Directory } from './members.js';

/** Members are added behind the old directory, and a new directory behind them: the old one stays valid until then. */
export function npzEditor(sink: Sink, context: Context<NumpyOptions>): Editor {
  return new NpzEditor(sink, context);
}

class NpzEditor implements Editor {
  readonly #sink: Sink;
  readonly #context: Context<NumpyOptions>;
  readonly #changes = new Map<string, Value | undefined>();
  #directory: Directory | undefined;

  constructor(sink: Sink, context: Context<NumpyOptions>) {
    this.#sink = sink;
    this.#context = context;
  }

  async put(path: string, value: Value): Promise<void> {
    const names = splitPath(path);
    if (names.length === 0) {
      if (typeof value !== 'object' || value === null || isNDArray(value) || isTable(value))
        throw notAnEntry(path, value);
      for (const name of (await this.#stored()).entries.keys()) this.#changes.set(name, undefined);
      for (const [name, entry] of Object.entries(value as { [name: string]: Value }))
        this.#put(childPath('', name), name, entry);
      return;
    }
    this.#put(path, nameOf(path), value);
  }

  async append(path: string, value: Value): Promise<void> {
    const name = nameOf(path);
    const base = this.#changes.has(name) ? this.#changes.get(name) : await this.#read(name, path);
    if (base === undefined) throw notFound(path);
    this.#changes.set(name, appendValue(base, scalarArray(value) ?? value, path));
  }

  async remove(path: string): Promise<void> {
    const name = nameOf(path);
    const here = this.#changes.has(name)
      ? this.#changes.get(name) !== undefined
      : (await this.#stored()).entry(name) !== undefined;
    if (!here) throw notFound(path);
    this.#changes.set(name, undefined);
  }

  async commit(): Promise<Commit> {
    if (this.#changes.size === 0 && this.#sink.size > 0) return { written: 0, rewritten: 0 };
    const kept = await this.#kept();
    const members: Member[] = [];
    const pieces: Uint8Array[] = [];
    const start = this.#sink.size;
    let offset = start;
    for (const [name, value] of this.#changes) {
      if (value === undefined) continue;
      const path = childPath('', name);
      const array = scalarArray(value) ?? value;
      if (!isNDArray(array) && !isTable(array)) throw notAnEntry(path, value);
      const packed = packMember(
        `${name}.npy`,
        encodeNpy(array, this.#context, path),
        offset,
        this.#context.options.compress ?? false,
      );
      members.push(packed.member);
      pieces.push(...packed.pieces);
      offset += byteLengthOf(packed.pieces);
    }
    pieces.push(...packDirectory(kept, members, offset));
    await this.#sink.write(start, pieces);
    this.#changes.clear();
    this.#directory = undefined;
    return { written: byteLengthOf(pieces), rewritten: 0 };
  }

  close(): void {
    this.#changes.clear();
  }

  #put(path: string, name: string, value: Value): void {
    const array = scalarArray(value) ?? value;
    if (!isNDArray(array) && !isTable(array)) throw notAnEntry(path, value);
    this.#changes.set(name, array);
  }

  async #stored(): Promise<Directory> {
    this.#directory ??=
      this.#sink.size === 0
        ? new Directory(new Uint8Array(0), 0, 0)
        : await readDirectory(this.#sink.size, readerOf(this.#sink, this.#context));
    return this.#directory;
  }

  /** The entries that stay: as they are where none of them changes, which spares writing each anew. */
  async #kept(): Promise<{ readonly bytes: Uint8Array; readonly count: number }> {
    const directory = await this.#stored();
    if ([...this.#changes.keys()].every((name) => directory.entry(name) === undefined)) return directory;
    const kept = [...directory.entries].filter(([name]) => !this.#changes.has(name));
    return packEntries(kept.map(([, member]) => member));
  }

  async #read(name: string, path: string): Promise<Value | undefined> {
    const member = (await this.#stored()).entry(name);
    if (member === undefined) return undefined;
    const read = readerOf(this.#sink, this.#context);
    return decodeNpyAt(await readMember(member, this.#sink.size, read, this.#context), this.#context, path);
  }
}

function nameOf(path: string): string {
  const names = splitPath(path);
  if (names.length === 1) return names[0]!;
  throw new FormatError(
    'unsupported',
    `edit '${path}': an npz has names, not folders; write a slash in a name as ~1`,
    { format: 'numpy', path },
  );
}

function notFound(path: string): FormatError {
  return new FormatError('not-found', `edit '${path}': no entry of this name`, { format: 'numpy', path });
}

function notAnEntry(path: string, value: Value): FormatError {
  return new FormatError(
    'unsupported',
    `put ${kindOfValue(value)} '${path}' in npz: a member is an array or a table`,
    { format: 'numpy', path },
  );
}
