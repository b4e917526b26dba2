import type {
  BatchOptions,
  Context,
  Entry,
  Reader,
  ReadSelection,
  SliceItem,
  Source,
  Table,
  Value,
} from '@formatlab/core';
import { FormatError, resolveSelection } from '@formatlab/core';
import type { ColumnTraits } from './cells/finish-column.js';
import { countRows } from './file/btree.js';
import { type Database, openDatabase } from './file/database.js';
import { type Job, runJob } from './file/job.js';
import { type Catalog, findTable, listEntries, readCatalog } from './layout/catalog.js';
import { readTable, readTraits } from './layout/read-entry.js';
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
    const database = this.#database;
    const rows = table.info.withoutRowid
      ? undefined
      : await this.#run(countRows(database.pager!, table.info.root, Number.POSITIVE_INFINITY));
    if (rows === undefined) {
      yield (await this.read(path, options)) as Table;
      return;
    }
    const slices = slicesOf(rows, options);
    const { columns } = options;
    // The cells of a column may be of any kind, and its type is that of all of them.
    let whole: readonly ColumnTraits[] | undefined;
    for (const slice of slices.length > 1 ? slices : []) {
      const mark = database.budget.mark();
      whole = await this.#run(readTraits(database, table, { columns, slice }, this.#context, whole));
      database.budget.rewind(mark);
    }
    for (const slice of slices)
      yield await this.#run(readTable(database, table, { columns, slice }, this.#context, whole));
  }

  close(): void | Promise<void> {
    return this.#source.close();
  }

  #run<T>(job: Job<T>): T | Promise<T> {
    return runJob(job, this.#source, this.#context.signal);
  }
}

/** The rows of each batch. */
function slicesOf(rows: number, { slice, rows: given }: BatchOptions): readonly (readonly SliceItem[])[] {
  const { start, count, step } = resolveSelection(slice, [rows])[0]!;
  const most = Math.max(1, given ?? DEFAULT_BATCH_ROWS);
  return Array.from({ length: Math.ceil(count / most) }, (_, i) => {
    const from = start + i * most * step;
    return [{ start: from, stop: from + (Math.min(most, count - i * most) - 1) * step + 1, step }];
  });
}
