import { type Budget, FormatError, fileSource, isFile, isFormatError, type Source } from '@formatlab/core';
import { EMPTY_SCHEMA, readSchema, type Schema } from '../schema/schema.js';
import { corrupt } from './faults.js';
import { parseHeader } from './header.js';
import { checkIntegrity } from './integrity.js';
import type { Job } from './job.js';
import { openPager, Pager } from './pager.js';
import { parseRollbackJournal } from './rollback-journal.js';
import { parseWal, type WalPages } from './wal.js';

/** A database that is open for reading. */
export interface Database {
  /** Undefined for an empty one. */
  readonly pager: Pager | undefined;
  readonly schema: Schema;
  readonly budget: Budget;
}

/**
 * @param path of the file on the local file system, where its write-ahead log may lie beside it
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`, `io` for what a crash left
 */
export function* openDatabase(
  source: Source,
  path: string | undefined,
  budget: Budget,
  check = false,
): Job<Database> {
  const wal = path === undefined ? undefined : pagesBeside(path, budget);
  return yield* withSchema(yield* openPager(source, wal, budget), budget, check);
}

/** A database whose bytes are in memory. */
export function* databaseOfBytes(
  bytes: Uint8Array,
  path: string | undefined,
  budget: Budget,
  check = false,
): Job<Database> {
  const wal = path === undefined ? undefined : pagesBeside(path, budget);
  const inWal = wal?.places.get(1);
  if (bytes.byteLength === 0 && inWal === undefined)
    throw new FormatError('not-this-format', 'read SQLite header: the file is empty', {
      format: 'sqlite',
      offset: 0,
    });
  if (bytes.byteLength <= 1 && inWal === undefined) return yield* withSchema(undefined, budget, check);
  budget.takeBytes(100, 'header of the database');
  const head = inWal === undefined ? bytes : wal!.bytes.subarray(inWal, inWal + wal!.pageSize);
  const size =
    inWal === undefined ? bytes.byteLength : Math.max(bytes.byteLength, wal!.pages * wal!.pageSize);
  const header = parseHeader(head, size);
  if (wal !== undefined && wal.pageSize !== header.pageSize)
    throw corrupt(
      'journal or write-ahead log',
      `pages of ${wal.pageSize} bytes, the database has ${header.pageSize}`,
    );
  return yield* withSchema(new Pager(header, bytes.byteLength, bytes, wal), budget, check);
}

function* withSchema(pager: Pager | undefined, budget: Budget, check: boolean): Job<Database> {
  if (pager === undefined) return { pager, schema: EMPTY_SCHEMA, budget };
  const schema = yield* readSchema(pager, budget);
  if (check)
    yield* checkIntegrity(
      pager,
      [...schema.tables, ...schema.indexes].map(({ root }) => root),
    );
  return { pager, schema, budget };
}

/**
 * Pages that stand for those of the file: what was there before a change that was cut off, or is under way; or what
 * was committed to the log and not yet moved into the database.
 */
function pagesBeside(path: string, budget: Budget): WalPages | undefined {
  const journal = bytesOf(`${path}-journal`, 'rollback journal', budget);
  const old = journal === undefined ? undefined : parseRollbackJournal(journal);
  if (old !== undefined) return old;
  const log = bytesOf(`${path}-wal`, 'write-ahead log', budget);
  return log === undefined ? undefined : parseWal(log);
}

function bytesOf(path: string, what: string, budget: Budget): Uint8Array | undefined {
  const source = tryOpen(path);
  if (source === undefined) return undefined;
  try {
    budget.takeBytes(source.size, what);
    return source.readSync!([{ at: 0, length: source.size }])[0];
  } finally {
    void source.close();
  }
}

function tryOpen(path: string): Source | undefined {
  if (!isFile(path)) return undefined;
  try {
    return fileSource(path);
  } catch (error) {
    if (isFormatError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
