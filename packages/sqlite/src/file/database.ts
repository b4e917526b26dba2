import { type Budget, FormatError, fileSource, isFormatError, type Source } from '@formatlab/core';
import { EMPTY_SCHEMA, readSchema, type Schema } from '../schema/schema.js';
import { corrupt } from './faults.js';
import { parseHeader } from './header.js';
import { checkIntegrity } from './integrity.js';
import type { Job } from './job.js';
import { openPager, Pager } from './pager.js';
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
  const wal = path === undefined ? undefined : walBeside(path, budget);
  return yield* withSchema(yield* openPager(source, wal, budget), budget, check);
}

/** A database whose bytes are in memory. */
export function* databaseOfBytes(
  bytes: Uint8Array,
  path: string | undefined,
  budget: Budget,
  check = false,
): Job<Database> {
  const wal = path === undefined ? undefined : walBeside(path, budget);
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
    throw corrupt('write-ahead log', `pages of ${wal.pageSize} bytes, the database has ${header.pageSize}`);
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

/** What was committed to the log and not yet moved into the database. */
function walBeside(path: string, budget: Budget): WalPages | undefined {
  refuseHotJournal(path);
  const log = tryOpen(`${path}-wal`);
  if (log === undefined) return undefined;
  try {
    budget.takeBytes(log.size, 'write-ahead log');
    const [bytes] = log.readSync!([{ at: 0, length: log.size }]);
    return parseWal(bytes!);
  } finally {
    void log.close();
  }
}

const JOURNAL_MAGIC = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

/** A journal that was left means a change was cut off: the pages in the file are partly new. */
function refuseHotJournal(path: string): void {
  const journal = tryOpen(`${path}-journal`);
  if (journal === undefined) return;
  try {
    const [head] = journal.readSync!([{ at: 0, length: Math.min(8, journal.size) }]);
    if (head!.byteLength < 8 || JOURNAL_MAGIC.some((byte, i) => head![i] !== byte)) return;
    throw new FormatError(
      'io',
      `read '${path}': a write was cut off, or is under way, and '${path}-journal' holds what was there before; let SQLite roll it back (sqlite3 '${path}' 'PRAGMA schema_version')`,
      { format: 'sqlite', path },
    );
  } finally {
    void journal.close();
  }
}

function tryOpen(path: string): Source | undefined {
  try {
    return fileSource(path);
  } catch (error) {
    if (isFormatError(error) && error.code === 'not-found') return undefined;
    throw error;
  }
}
