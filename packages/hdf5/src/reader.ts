import {
  type Context,
  type Entry,
  FormatError,
  joinPath,
  newRecord,
  type Reader,
  type ReadSelection,
  type Source,
  selectFrom,
  splitPath,
  type Value,
  type ValueRecord,
  valueAt,
} from '@formatlab/core';
import { type Engine, loadEngine } from './library/engine.js';
import { OBJECT } from './library/module.js';
import { MARKER } from './markers.js';
import type { Hdf5Options } from './options.js';
import { readAttributes } from './read/attributes.js';
import { listEntries } from './read/entries.js';
import { escapeName, memberPath, mustEscape } from './read/paths.js';
import { openSession, type ReadSession } from './read/session.js';
import { deadLink, notFound, rootPath, TreeReader } from './read/tree.js';

/** Opens a file to list its objects and to read them one at a time, without reading the rest. */
export function open(source: Source, context: Context<Hdf5Options>): Reader | Promise<Reader> {
  const engine = loadEngine();
  return engine instanceof Promise
    ? engine.then((loaded) => new Hdf5Reader(loaded, source, context))
    : new Hdf5Reader(engine, source, context);
}

class Hdf5Reader implements Reader {
  readonly #session: ReadSession;
  readonly #source: Source;
  readonly #root: string;

  constructor(engine: Engine, source: Source, context: Context<Hdf5Options>) {
    this.#source = source;
    this.#session = openSession(engine, source, context);
    try {
      this.#root = rootPath(this.#session);
    } catch (error) {
      this.#session.close();
      throw error;
    }
  }

  entries(): readonly Entry[] {
    return listEntries(this.#session, this.#root);
  }

  read(path: string, selection?: ReadSelection): Value {
    const { found, rest } = this.#find(path);
    const kind = this.#session.file.kindOf(found);
    const tree = new TreeReader(this.#session);
    if (kind === OBJECT.dataset && rest.length === 0) {
      return tree.dataset(found, this.#session.header(this.#session.file.addressOf(found)), selection);
    }
    const value = tree.value(found, 0);
    return selectFrom(rest.length === 0 ? value : valueAt(value, joinPath(rest)), path, selection);
  }

  attributes(path: string): ValueRecord {
    const { found, rest } = this.#find(path);
    if (rest.length > 0) return newRecord();
    return readAttributes(this.#session, found).visible ?? newRecord();
  }

  async close(): Promise<void> {
    this.#session.close();
    await this.#source.close();
  }

  /** HDF5's path for a pointer, and what of it lies inside a dataset or a tagged value. */
  #find(path: string): { found: string; rest: string[] } {
    const { file } = this.#session;
    const names = splitPath(path);
    let found = this.#root;
    for (const [index, name] of names.entries()) {
      const kind = file.kindOf(found);
      if (kind === OBJECT.dataset) return { found, rest: names.slice(index) };
      if (kind === OBJECT.softLink || kind === OBJECT.userLink) throw deadLink(this.#session, found);
      const escaped = mustEscape(name) || (name.includes('%') && this.#isEscaped(found));
      const next = memberPath(found, escaped ? escapeName(name) : name);
      const there = file.kindOf(next);
      if (there === OBJECT.missing) throw notFoundAmong(next, file.names(found));
      found = next;
    }
    const kind = file.kindOf(found);
    if (kind === OBJECT.softLink || kind === OBJECT.userLink) throw deadLink(this.#session, found);
    return { found, rest: [] };
  }

  #isEscaped(group: string): boolean {
    return MARKER.escapedNames in readAttributes(this.#session, group).markers;
  }
}

function notFoundAmong(path: string, names: readonly string[]): FormatError {
  const error = notFound(path);
  return new FormatError('not-found', error.message, { path: error.path, supported: names.slice(0, 20) });
}
