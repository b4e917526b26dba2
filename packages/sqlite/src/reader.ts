import type {
  BatchOptions,
  Context,
  Entry,
  Reader,
  ReadSelection,
  Source,
  Table,
  Value,
} from '@formatlab/core';
import { FormatError, resolveSelection } from '@formatlab/core';
import { type Database, openDatabase } from './file/database.js';
import { type Job, runJob } from './file/job.js';
import { type Catalog, findTable, listEntries, readCatalog, rowsOf } from './layout/catalog.js';
import { readTable } from './layout/read-entry.js';
import { readPath, reportDropped } from './layout/read-root.js';
import type { SqliteOptions } from './options.js';

const DEFAULT_BATCH_ROWS = 10_000;

/** Opens a database on any source: only the pages that are needed are read, and no lock is taken. */
export function open(source: Source, context: Context<SqliteOptions>): Reader | Promise<Reader> {
  const { signal } = context;
  const opened = runJob(start(source, context), source, signal);
  const make = ([database, catalog]: readonly [Database, Catalog]): Reader =>
    new SqliteReader(source, database, catalog, context);
  return opened instanceof Promise ? opened.then(make) : make(opened);
}

function* start(source: Source, context: Context<SqliteOptions>): Job<readonly [Database, Catalog]> {
  const database = yield* openDatabase(source, source.path, context.budget, context.options.check);
  return [database, yield* readCatalog(database)];
}

class SqliteReader implements Reader {
  readonly #source: Source;
  readonly #database: Database;
  readonly #catalog: Catalog;
  readonly #context: Context<SqliteOptions>;

  constructor(source: Source, database: Database, catalog: Catalog, context: Context<SqliteOptions>) {
    this.#source = source;
    this.#database = database;
    this.#catalog = catalog;
    this.#context = context;
  }

  entries(): readonly Entry[] | Promise<readonly Entry[]> {
    reportDropped(this.#database, this.#context);
    return this.#run(listEntries(this.#database, this.#catalog, this.#source.readSync !== undefined));
  }

  read(path: string, selection: ReadSelection = {}): Value | Promise<Value> {
    return this.#run(readPath(this.#database, this.#catalog, path, selection, this.#context));
  }

  async *batches(path: string, options: BatchOptions = {}): AsyncGenerator<Table> {
    const table = findTable(this.#catalog, path);
    if (table === undefined)
      throw new FormatError('bad-selection', `read batches of '${path}': it is no table`, { path });
    const rows = await this.#run(rowsOf(this.#database, table.info, true));
    if (rows === undefined) {
      yield (await this.read(path, options)) as Table;
      return;
    }
    const { start, count, step } = resolveSelection(options.slice, [rows])[0]!;
    const most = Math.max(1, options.rows ?? DEFAULT_BATCH_ROWS);
    for (let done = 0; done < count; done += most) {
      const from = start + done * step;
      const slice = [{ start: from, stop: from + (Math.min(most, count - done) - 1) * step + 1, step }];
      yield await this.#run(readTable(this.#database, table, { ...options, slice }, this.#context));
    }
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #run<T>(job: Job<T>): T | Promise<T> {
    return runJob(job, this.#source, this.#context.signal);
  }
}
