import {
  appendValue,
  byteLengthOf,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isFormatError,
  joinPath,
  newRecord,
  putValue,
  removeValue,
  type Sink,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { encode } from '../encode.js';
import { type Engine, loadEngine } from '../library/engine.js';
import { OBJECT } from '../library/module.js';
import { isLeftToLibrary } from '../native/field-reader.js';
import type { Hdf5Options } from '../options.js';
import { openSession, type ReadSession } from '../read/session.js';
import { rootPath, TreeReader } from '../read/tree.js';
import { ROOT_MEMBER } from '../write/tree.js';
import { canGrow } from './append-rows.js';
import { applyChanges, type Changes } from './changes.js';
import { findObject } from './find-object.js';
import { overwriteDataset } from './overwrite.js';
import { RowStream } from './row-stream.js';

/** Gathers changes, and writes them on commit. */
export class Hdf5Editor implements Editor {
  /** Undefined: this package reads the file itself, until it meets what only the library knows. */
  #engine: Engine | undefined;
  readonly #sink: Sink;
  readonly #context: Context<Hdf5Options>;
  /** By path; undefined: to be removed. */
  #changes: Changes = new Map();
  /** Rows to add by path, where no change touches the dataset. */
  #appends = new Map<string, Value>();
  /** The whole file's new value, once the root was put. */
  #whole: Value | undefined;

  /** Headers of tables that were written in batches, by path. */
  #placed = new Map<string, number>();
  #streamed = 0;
  /** Bytes of the file before them. */
  #before: number | undefined;

  constructor(engine: Engine | undefined, sink: Sink, context: Context<Hdf5Options>) {
    this.#engine = engine;
    this.#sink = sink;
    this.#context = context;
  }

  put(path: string, value: Value): void | Promise<void> {
    if (this.#appends.size > 0 && this.#whole === undefined)
      return this.#settleAppends().then(() => this.#put(path, value));
    this.#put(path, value);
  }

  #put(path: string, value: Value): void {
    const names = splitPath(path);
    if (names.length === 0) {
      this.#whole = value;
      this.#changes.clear();
    } else if (this.#whole !== undefined || this.#sink.size === 0) {
      this.#whole = putValue(this.#whole ?? newRecord(), path, value);
    } else this.#change(names, value);
  }

  async append(path: string, value: Value): Promise<void> {
    if (await this.#appendLater(path, value)) return;
    await this.#settleAppends();
    const base = await this.#current(path);
    if (base === undefined) throw notFound('append to', path);
    const grown = appendValue(base, value, path);
    const root =
      splitPath(path).length === 0 && this.#whole === undefined ? await this.#rootName() : undefined;
    if (root !== undefined) this.#change([root], grown);
    else this.#put(path, grown);
  }

  async remove(path: string): Promise<void> {
    const names = splitPath(path);
    if (names.length === 0)
      throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, {
        format: 'hdf5',
        path,
      });
    await this.#settleAppends();
    if ((await this.#current(path)) === undefined) throw notFound('remove', path);
    if (this.#whole !== undefined) this.#whole = removeValue(this.#whole, path);
    else this.#change(names, undefined);
  }

  /** Chunks are written behind the file while the rows come; the commit links to them. */
  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    let stream: RowStream | undefined;
    let place = path;
    let exists = await this.#exists(path);
    for await (const batch of batches) {
      if (stream !== undefined) await stream.add(batch);
      else if (exists || !(await this.#canStream(path, batch))) {
        if (exists) await this.append(path, batch);
        else await this.put(path, batch);
        exists = true;
      } else {
        const base = await this.#begin(path, batch);
        if (splitPath(path).length === 0) place = joinPath([ROOT_MEMBER]);
        stream = new RowStream(this.#sink, base, path, this.#context);
        await stream.add(batch);
      }
    }
    if (stream === undefined) return;
    this.#placed.set(place, await stream.finish());
    this.#streamed += stream.written;
  }

  async #exists(path: string): Promise<boolean> {
    if (this.#whole !== undefined || this.#sink.size === 0 || this.#changes.size > 0)
      return (await this.#current(path)) !== undefined;
    return this.#read((session) => findObject(session, rootPath(session), splitPath(path)) !== undefined);
  }

  /** Whether a new entry of these rows can be written behind the file. */
  async #canStream(path: string, { columns }: Table): Promise<boolean> {
    if (this.#whole !== undefined || columns.length === 0) return false;
    if (this.#sink.size === 0) return this.#context.options.userBlock === undefined;
    if (splitPath(path).length === 0 || this.#changes.size > 0) return false;
    return this.#read(
      ({ native, superblock }) =>
        native !== undefined && superblock !== undefined && superblock.extension === undefined,
    );
  }

  /** Makes a new file one that entries can be linked into; gives the place that its addresses count from. */
  async #begin(path: string, batch: Table): Promise<number> {
    this.#before ??= this.#sink.size;
    if (this.#sink.size > 0) return this.#read(({ superblock }) => superblock!.base);
    const none = sliceTable(batch, { slice: [{ stop: 0 }] });
    const root = splitPath(path).length === 0 ? none : newRecord();
    await this.#sink.write(0, await encode(root, this.#context));
    return 0;
  }

  async commit(): Promise<Commit> {
    if (this.#whole !== undefined || this.#sink.size === 0) return this.#replace(this.#whole ?? newRecord());
    if (this.#changes.size === 0 && this.#appends.size === 0 && this.#placed.size === 0)
      return { written: 0, rewritten: 0 };
    const extended = await this.#extend();
    if (extended !== undefined) return extended;
    // Rows that cannot be added behind their dataset: it is written anew.
    await this.#settleAppends();
    const rest = await this.#extend();
    if (rest !== undefined) return rest;
    const changes = this.#changes;
    this.#changes = new Map();
    return this.#replace(await this.#rewritten(changes));
  }

  /** Writes the changes behind the file; undefined where its groups are of a kind that cannot be copied. */
  #extend(): Promise<Commit | undefined> {
    const changes = this.#changes;
    const appends = this.#appends;
    return this.#read(async (session) => {
      const done = { written: 0, rewritten: 0 };
      for (const [path, value] of changes) {
        if (value === undefined) continue;
        const size = await overwriteDataset(session, this.#sink, path, value);
        if (size === undefined) continue;
        done.written += size;
        done.rewritten += size;
        changes.delete(path);
      }
      const placed = this.#placed;
      const more = await applyChanges(session, this.#sink, changes, this.#context, appends, placed);
      if (more === undefined) {
        if (placed.size === 0) return undefined;
        throw new FormatError(
          'unsupported',
          `commit '${this.#sink.name}': its groups are of a kind that batches can't be linked into`,
          { format: 'hdf5', feature: 'batches into such groups' },
        );
      }
      const written = done.written + more.written + this.#streamed;
      this.#changes = new Map();
      this.#appends = new Map();
      this.#placed = new Map();
      this.#streamed = 0;
      this.#before = undefined;
      return { written, rewritten: done.rewritten + more.rewritten };
    });
  }

  async close(): Promise<void> {
    this.#changes.clear();
    this.#appends.clear();
    this.#whole = undefined;
    // Chunks that nothing leads to.
    if (this.#before !== undefined) await this.#sink.truncate(this.#before);
    this.#before = undefined;
  }

  /** Keeps rows for the commit, where they can be added without writing their dataset anew. */
  async #appendLater(path: string, value: Value): Promise<boolean> {
    if (this.#whole !== undefined || this.#sink.size === 0) return false;
    const root = splitPath(path).length === 0 ? await this.#rootName() : undefined;
    const place = root === undefined ? path : joinPath([root]);
    const touches = (other: string): boolean =>
      other === place || other.startsWith(`${place}/`) || place.startsWith(`${other}/`);
    if ([...this.#changes.keys()].some(touches)) return false;
    const none = await this.#read((session) => canGrow(session, place));
    if (none === undefined) return false;
    // Tells of rows that do not fit, as for any other value.
    appendValue(none, value, path);
    const before = this.#appends.get(place);
    this.#appends.set(place, before === undefined ? value : appendValue(before, value, path));
    return true;
  }

  /** Turns rows to be added into values to be put. */
  async #settleAppends(): Promise<void> {
    const appends = this.#appends;
    this.#appends = new Map();
    for (const [path, rows] of appends) {
      const base = await this.#current(path);
      if (base === undefined) throw notFound('append to', path);
      this.#change(splitPath(path), appendValue(base, rows, path));
    }
  }

  async #replace(value: Value): Promise<Commit> {
    const pieces = (await encode(value, this.#context)) as readonly Uint8Array[];
    const before = this.#sink.size;
    await this.#sink.replace(pieces);
    this.#whole = undefined;
    const written = byteLengthOf(pieces);
    return { written, rewritten: Math.min(before, written) };
  }

  /** The whole value with the changes in it: for files whose groups cannot be extended here. */
  async #rewritten(changes: Changes): Promise<Value> {
    let value = await this.#read((session) => new TreeReader(session).root());
    for (const [path, change] of changes)
      value = change === undefined ? removeValue(value, path) : putValue(value, path, change);
    return value;
  }

  #change(names: readonly string[], value: Value | undefined): void {
    const path = joinPath(names);
    // What was put below this path before is gone with it.
    for (const other of [...this.#changes.keys()])
      if (other === path || other.startsWith(`${path}/`)) this.#changes.delete(other);
    for (const other of [...this.#placed.keys()])
      if (other === path || other.startsWith(`${path}/`)) this.#placed.delete(other);
    const above = names
      .map((_, i) => joinPath(names.slice(0, i)))
      .find((parent) => parent !== '' && this.#changes.get(parent) !== undefined);
    if (above === undefined) this.#changes.set(path, value);
    else {
      const inner = joinPath(names.slice(splitPath(above).length));
      const holder = this.#changes.get(above)!;
      this.#changes.set(
        above,
        value === undefined ? removeValue(holder, inner) : putValue(holder, inner, value),
      );
    }
  }

  /** The value at a path as it will be; undefined where there is none. */
  async #current(path: string): Promise<Value | undefined> {
    const names = splitPath(path);
    if (this.#whole !== undefined) return memberAt(this.#whole, names);
    if (this.#sink.size === 0) return undefined;
    const root = names.length === 0 ? await this.#rootName() : undefined;
    if (root !== undefined && this.#changes.has(joinPath([root]))) return this.#changes.get(joinPath([root]));
    for (let i = names.length; i > 0; i--) {
      const above = joinPath(names.slice(0, i));
      if (!this.#changes.has(above)) continue;
      const holder = this.#changes.get(above);
      return holder === undefined ? undefined : memberAt(holder, names.slice(i));
    }
    return this.#read((session) => {
      const found = findObject(session, rootPath(session), names);
      return found === undefined ? undefined : new TreeReader(session).value(found, 0);
    });
  }

  /** The member that stands for the root, where the file is one value. */
  #rootName(): Promise<string | undefined> {
    return this.#read((session) => {
      const root = rootPath(session);
      return root === '/' || session.file.kindOf(root) === OBJECT.missing ? undefined : root.slice(1);
    });
  }

  async #read<T>(work: (session: ReadSession) => T | Promise<T>): Promise<T> {
    try {
      return await this.#readWith(this.#engine, work);
    } catch (error) {
      if (!isLeftToLibrary(error)) throw error;
      this.#engine = await loadEngine();
      return this.#readWith(this.#engine, work);
    }
  }

  async #readWith<T>(engine: Engine | undefined, work: (session: ReadSession) => T | Promise<T>): Promise<T> {
    const session = openSession(engine, this.#sink, this.#context);
    try {
      return await work(session);
    } finally {
      session.close();
    }
  }
}

function memberAt(value: Value, names: readonly string[]): Value | undefined {
  try {
    return valueAt(value, joinPath(names));
  } catch (error) {
    if (isFormatError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}

function notFound(action: string, path: string): FormatError {
  return new FormatError('not-found', `${action} '${path}': no entry of this name`, { format: 'hdf5', path });
}
