import {
  type BatchOptions,
  bytesSource,
  type Context,
  type Entry,
  FormatError,
  joinPath,
  newRecord,
  type Reader,
  type ReadSelection,
  type Source,
  selectFrom,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  type ValueRecord,
  valueAt,
} from '@formatlab/core';
import { type Engine, loadEngine } from './library/engine.js';
import { OBJECT } from './library/module.js';
import { MARKER } from './markers.js';
import { isLeftToLibrary } from './native/field-reader.js';
import type { Hdf5Options } from './options.js';
import { readAttributes } from './read/attributes.js';
import { datasetInfo } from './read/dataset-info.js';
import { entryAt, listEntries } from './read/entries.js';
import { escapeName, memberPath, mustEscape } from './read/paths.js';
import { rowWindows } from './read/row-windows.js';
import { openSession, type ReadSession } from './read/session.js';
import { deadLink, notFound, rootPath, TreeReader } from './read/tree.js';

/** Opens a file to list its objects and to read them one at a time, without reading the rest. */
export function open(source: Source, context: Context<Hdf5Options>): Reader | Promise<Reader> {
  try {
    return new Hdf5Reader(undefined, source, context);
  } catch (error) {
    if (!isLeftToLibrary(error)) throw error;
    return openWithLibrary(source, context);
  }
}

/** The same, read by the HDF5 library. */
export function openWithLibrary(given: Source, context: Context<Hdf5Options>): Reader | Promise<Reader> {
  const source = steady(given, context);
  const engine = loadEngine();
  return engine instanceof Promise
    ? engine.then((loaded) => new Hdf5Reader(loaded, source, context))
    : new Hdf5Reader(engine, source, context);
}

/** The library can't be stopped in the middle of a call and begun again: over a network it gets the whole file. */
function steady(source: Source, context: Context<Hdf5Options>): Source {
  if (source.restarts !== true) return source;
  context.budget.takeBytes(source.size, `the whole of '${source.name}', which only the library reads`);
  return bytesSource(source.readSync!([{ at: 0, length: source.size }])[0]!, source.name);
}

class Hdf5Reader implements Reader {
  readonly #session: OpenSession;
  readonly #source: Source;
  readonly #context: Context<Hdf5Options>;
  /** Opened when something is asked for that only the library reads. */
  #library: Promise<OpenSession> | undefined;

  constructor(engine: Engine | undefined, source: Source, context: Context<Hdf5Options>) {
    this.#source = source;
    this.#context = context;
    this.#session = openWithRoot(engine, source, context);
  }

  entries(): readonly Entry[] | Promise<readonly Entry[]> {
    return this.#using(({ session, root }) => listEntries(session, root));
  }

  entry(path: string): Entry | Promise<Entry> {
    return this.#using(({ session, root }) => {
      const { found, rest } = findEntry(session, root, path);
      // What lies inside a dataset or a marked group is told by its value.
      return rest.length > 0 ? { path, kind: 'tree' } : entryAt(session, found, path);
    });
  }

  read(path: string, selection?: ReadSelection): Value | Promise<Value> {
    return this.#using((open) => readEntry(open, path, selection));
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    const { rows, chunk } = await this.#using((open) => heightOf(open, path));
    for (const window of rowWindows(rows, chunk, options)) {
      // Rows of a table are a table.
      const table = (await this.read(path, { slice: window.slice, columns: options.columns })) as Table;
      for (const { start, stop } of window.batches)
        yield window.batches.length === 1 ? table : sliceTable(table, { slice: [{ start, stop }] });
    }
  }

  attributes(path: string): ValueRecord | Promise<ValueRecord> {
    return this.#using(({ session, root }) => {
      const { found, rest } = findEntry(session, root, path);
      if (rest.length > 0) return newRecord();
      return readAttributes(session, found).visible ?? newRecord();
    });
  }

  async close(): Promise<void> {
    this.#session.session.close();
    if (this.#library !== undefined)
      await this.#library.then(
        ({ session }) => session.close(),
        () => undefined,
      );
    await this.#source.close();
  }

  #using<T>(work: (open: OpenSession) => T): T | Promise<T> {
    try {
      return work(this.#session);
    } catch (error) {
      if (!isLeftToLibrary(error)) throw error;
    }
    if (this.#library === undefined) {
      const source = steady(this.#source, this.#context);
      this.#library = Promise.resolve(loadEngine()).then((engine) =>
        openWithRoot(engine, source, this.#context),
      );
    }
    return this.#library.then(work);
  }
}

interface OpenSession {
  readonly session: ReadSession;
  /** HDF5's path of the value. */
  readonly root: string;
}

function openWithRoot(
  engine: Engine | undefined,
  source: Source,
  context: Context<Hdf5Options>,
): OpenSession {
  const session = openSession(engine, source, context);
  try {
    return { session, root: rootPath(session) };
  } catch (error) {
    session.close();
    throw error;
  }
}

function readEntry(
  { session, root }: OpenSession,
  path: string,
  selection: ReadSelection | undefined,
): Value {
  const { found, rest } = findEntry(session, root, path);
  const tree = new TreeReader(session);
  if (session.file.kindOf(found) === OBJECT.dataset && rest.length === 0)
    return tree.dataset(found, session.header(session.file.addressOf(found)), selection);
  const value = tree.value(found, 0);
  return selectFrom(rest.length === 0 ? value : valueAt(value, joinPath(rest)), path, selection);
}

/** Rows of a table, and those of a chunk. @throws FormatError `bad-selection` for what is no table */
function heightOf({ session, root }: OpenSession, path: string): { rows: number; chunk: number } {
  const { found, rest } = findEntry(session, root, path);
  const { kind, rows } = rest.length > 0 ? { kind: 'tree', rows: 0 } : entryAt(session, found, path);
  if (kind !== 'table' || rows === undefined)
    throw new FormatError('bad-selection', `read batches of '${path}': it is no table`, {
      format: 'hdf5',
      path,
    });
  const { stored } = datasetInfo(session, found, session.header(session.file.addressOf(found)));
  const storage = stored?.storage;
  return { rows, chunk: storage?.kind === 'chunked' ? storage.chunk[0]! : 1 };
}

/** HDF5's path for a pointer, and what of it lies inside a dataset or a tagged value. */
function findEntry(session: ReadSession, root: string, path: string): { found: string; rest: string[] } {
  const { file } = session;
  const names = splitPath(path);
  let found = root;
  for (const [index, name] of names.entries()) {
    const kind = file.kindOf(found);
    if (kind === OBJECT.dataset) return { found, rest: names.slice(index) };
    if (kind === OBJECT.softLink || kind === OBJECT.userLink) throw deadLink(session, found);
    const escaped = mustEscape(name) || (name.includes('%') && isEscaped(session, found));
    const next = memberPath(found, escaped ? escapeName(name) : name);
    if (file.kindOf(next) === OBJECT.missing) throw notFoundAmong(next, file.names(found));
    found = next;
  }
  const kind = file.kindOf(found);
  if (kind === OBJECT.softLink || kind === OBJECT.userLink) throw deadLink(session, found);
  return { found, rest: [] };
}

function isEscaped(session: ReadSession, group: string): boolean {
  return MARKER.escapedNames in readAttributes(session, group).markers;
}

function notFoundAmong(path: string, names: readonly string[]): FormatError {
  const error = notFound(path);
  return new FormatError('not-found', error.message, { path: error.path, supported: names.slice(0, 20) });
}
