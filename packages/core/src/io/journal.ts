import { xxh64 } from '../layers/xxh64.js';
import type { Range } from './source.js';

/**
 * What a file held before a change that is under way, kept beside it until the change is complete: a writer that is
 * killed leaves the journal, and who opens the file next sees the old state.
 */
export interface Journal {
  /** Tells this file from another one of the same name; 0 where nothing does. */
  identity(): number;
  /** What is there; undefined where no change is under way. */
  load(): Uint8Array | undefined;
  append(bytes: Uint8Array): void;
  /** Returns when what was appended is on the medium. */
  flush(): void;
  remove(): void;
}

/** The old state of a file: its size, and the bytes that were overwritten since. */
export interface OldState {
  readonly size: number;
  readonly saved: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

const MAGIC = 0x314c4a46; // 'FJL1'
/** Magic, 4 bytes left free, old size, identity, checksum of those. */
const HEADER_BYTES = 32;
/** Place, length, checksum of those and the bytes. */
const RECORD_BYTES = 24;
const CHECKED_OF_RECORD = 16;

export function journalHeader(size: number, identity: number): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, MAGIC, true);
  view.setFloat64(8, size, true);
  view.setFloat64(16, identity, true);
  view.setBigUint64(24, xxh64(bytes.subarray(0, 24)), true);
  return bytes;
}

export function journalRecord({ at }: Pick<Range, 'at'>, old: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES + old.byteLength);
  const view = new DataView(bytes.buffer);
  view.setFloat64(0, at, true);
  view.setFloat64(8, old.byteLength, true);
  bytes.set(old, RECORD_BYTES);
  view.setBigUint64(CHECKED_OF_RECORD, checksumOf(bytes), true);
  return bytes;
}

/**
 * The old state that a journal tells of. Bytes of the file are changed only when their record is whole: the first one
 * that is not ends it. Undefined where nothing of the file was changed, or the journal is of another file.
 */
export function oldStateOf(journal: Uint8Array, identity: number): OldState | undefined {
  if (journal.byteLength < HEADER_BYTES) return undefined;
  const view = new DataView(journal.buffer, journal.byteOffset, journal.byteLength);
  if (view.getUint32(0, true) !== MAGIC) return undefined;
  if (view.getBigUint64(24, true) !== xxh64(journal.subarray(0, 24))) return undefined;
  if (view.getFloat64(16, true) !== identity) return undefined;
  const saved: { at: number; bytes: Uint8Array }[] = [];
  let next = HEADER_BYTES;
  while (next + RECORD_BYTES <= journal.byteLength) {
    const at = view.getFloat64(next, true);
    const length = view.getFloat64(next + 8, true);
    const end = next + RECORD_BYTES + length;
    if (!(end <= journal.byteLength)) break;
    const record = journal.subarray(next, end);
    if (view.getBigUint64(next + CHECKED_OF_RECORD, true) !== checksumOf(record)) break;
    saved.push({ at, bytes: record.subarray(RECORD_BYTES) });
    next = end;
  }
  return { size: view.getFloat64(8, true), saved };
}

/** Of a record, with the place of the checksum left out. */
function checksumOf(record: Uint8Array): bigint {
  return xxh64(record.subarray(0, CHECKED_OF_RECORD)) ^ xxh64(record.subarray(RECORD_BYTES));
}
