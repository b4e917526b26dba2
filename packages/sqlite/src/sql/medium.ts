import {
  type Commit,
  type Context,
  fileSource,
  isFormatError,
  type Sink,
  type TempFile,
} from '@formatlab/core';
import type { SqlDatabase, SqlDriver } from './driver.js';
import { rollBackHotJournal } from './hot-journal.js';

/** The file that SQL works on, and how what it did gets into the sink. */
export interface Medium {
  readonly database: SqlDatabase;
  /** Ends the transaction under way and begins the next. */
  commit(): Promise<Commit>;
  close(): Promise<void>;
}

/** SQLite on the file itself where it has a path, else on a copy whose changed pages are written back. */
export async function openMedium(
  sink: Sink,
  driver: SqlDriver,
  pageSize: number,
  context: Context<object>,
): Promise<Medium> {
  return sink.path === undefined
    ? openCopy(sink, driver, pageSize, context)
    : openInPlace(sink, sink.path, driver, pageSize);
}

function begin(driver: SqlDriver, path: string, isNew: boolean, pageSize: number): SqlDatabase {
  const database = driver.open(path);
  try {
    if (isNew) database.exec(`PRAGMA page_size=${pageSize}`);
    // Keeps the lock to the end; with it a log needs no shared memory, which the WebAssembly library does not have.
    database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA trusted_schema=OFF');
    database.exec('BEGIN IMMEDIATE');
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

async function openInPlace(sink: Sink, path: string, driver: SqlDriver, pageSize: number): Promise<Medium> {
  await rollBackHotJournal(sink, path);
  // The library has a lock of its own under the same name.
  if (sink.lendLock === undefined) sink.unlock?.();
  else sink.lendLock();
  const database = begin(driver, path, sink.size === 0, pageSize);
  let before = measure(database, path);
  return {
    database,
    async commit() {
      const commit = commitCounts(before, measure(database, path));
      database.exec('COMMIT');
      const size = sizeOf(path);
      // The sink's own idea of its size: nothing is cut.
      if (sink.truncateSync !== undefined) sink.truncateSync(size);
      else await sink.truncate(size);
      database.exec('BEGIN IMMEDIATE');
      before = measure(database, path);
      return commit;
    },
    async close() {
      endQuietly(database);
    },
  };
}

interface Measured {
  readonly pageSize: number;
  readonly pages: number;
  readonly free: number;
  readonly journal: number;
  readonly log: number;
}

function measure(database: SqlDatabase, path: string): Measured {
  const number = (pragma: string): number =>
    Number(Object.values(database.all(`PRAGMA ${pragma}`)[0] ?? {})[0] ?? 0);
  return {
    pageSize: number('page_size'),
    pages: number('page_count'),
    free: number('freelist_count'),
    journal: sizeOf(`${path}-journal`),
    log: sizeOf(`${path}-wal`),
  };
}

/** What the transaction under way writes: old pages into the journal, then all changed pages into the file. */
function commitCounts(before: Measured, after: Measured): Commit {
  const { pageSize } = after;
  if (after.log > 0 || before.log > 0) return { written: Math.max(0, after.log - before.log), rewritten: 0 };
  const kept = Math.max(0, Math.floor(after.journal / (pageSize + 8))) * pageSize;
  const reused = Math.max(0, before.free - after.free) * pageSize;
  const added = Math.max(0, after.pages - before.pages) * pageSize;
  return { written: after.journal + kept + reused + added, rewritten: kept + reused };
}

function sizeOf(path: string): number {
  try {
    const source = fileSource(path);
    const { size } = source;
    void source.close();
    return size;
  } catch (error) {
    if (isFormatError(error) && error.code === 'not-found') return 0;
    throw error;
  }
}

function endQuietly(database: SqlDatabase): void {
  try {
    database.exec('ROLLBACK');
  } catch {
    // Nothing is under way, or SQLite has rolled it back itself after an error.
  }
  database.close();
}

async function openCopy(
  sink: Sink,
  driver: SqlDriver,
  pageSize: number,
  context: Context<object>,
): Promise<Medium> {
  context.budget.takeBytes(sink.size, 'copy of the database');
  let before = await readAll(sink);
  const file: TempFile = await context.temp();
  try {
    if (before.byteLength > 0) await file.write(0, before);
    const database = begin(driver, file.path, before.byteLength === 0, pageSize);
    return {
      database,
      async commit() {
        database.exec('COMMIT');
        // Out of a log into the file; without one it does nothing.
        database.all('PRAGMA wal_checkpoint(TRUNCATE)');
        const source = fileSource(file.path);
        const [after] = source.readSync!([{ at: 0, length: source.size }]);
        await source.close();
        const commit = await writeChanges(sink, before, after!);
        before = after!;
        database.exec('BEGIN IMMEDIATE');
        return commit;
      },
      async close() {
        try {
          endQuietly(database);
        } finally {
          await file.close();
        }
      },
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function readAll(sink: Sink): Promise<Uint8Array> {
  const [bytes] = await sink.read([{ at: 0, length: sink.size }]);
  return bytes!.slice();
}

/** Smallest page: changes are found in steps of it. */
const STEP = 512;

async function writeChanges(sink: Sink, before: Uint8Array, after: Uint8Array): Promise<Commit> {
  let written = 0;
  let rewritten = 0;
  // From the end: the header says last what the file has become.
  for (let end = after.byteLength; end > 0; ) {
    let start = Math.floor((end - 1) / STEP) * STEP;
    if (sameBytes(before, after, start, end)) {
      end = start;
      continue;
    }
    while (start > 0 && !sameBytes(before, after, start - STEP, start)) start -= STEP;
    await sink.write(start, after.subarray(start, end));
    written += end - start;
    rewritten += Math.max(0, Math.min(end, before.byteLength) - start);
    end = start;
  }
  if (after.byteLength < before.byteLength) await sink.truncate(after.byteLength);
  return { written, rewritten };
}

function sameBytes(before: Uint8Array, after: Uint8Array, start: number, end: number): boolean {
  if (end > before.byteLength) return false;
  for (let i = start; i < end; i++) if (before[i] !== after[i]) return false;
  return true;
}
