import { allocateBytes, type Budget, type Range, type Source } from '@formatlab/core';
import { corrupt } from './faults.js';
import { type DatabaseHeader, HEADER_BYTES, parseHeader } from './header.js';
import type { Job } from './job.js';
import type { WalPages } from './wal.js';

/** Bytes of pages that are kept; what was used longest ago goes first. */
const KEPT_BYTES = 8 * 2 ** 20;
/** Bytes that are asked for at once when pages are fetched ahead. */
const AHEAD_BYTES = 2 ** 20;
/** Bytes that are read with the header: the first page, in the size that most databases have. */
const FIRST_BYTES = 4096;
/** Single pages are read into memory for this many: to allocate each takes longer than to read it. */
const SLAB_PAGES = 16;

/** Pages of a database, from 1 on, as the last commit left them. */
export class Pager {
  readonly header: DatabaseHeader;
  readonly pageSize: number;
  readonly usable: number;
  readonly count: number;
  /** Cells of the leaves below an interior page: kept, so that each batch of a table finds its first row at once. */
  readonly leafCounts = new Map<number, readonly (number | undefined)[]>();
  /** The whole file, where it lies in memory. */
  readonly #whole: Uint8Array | undefined;
  readonly #size: number;
  readonly #wal: WalPages | undefined;
  readonly #kept = new Map<number, Uint8Array>();
  readonly #mostKept: number;
  /** Set where the source answers at once. */
  readonly #readInto: Source['readInto'];
  #slab = new Uint8Array(0);
  #slabUsed = 0;

  constructor(
    header: DatabaseHeader,
    size: number,
    whole: Uint8Array | undefined,
    wal: WalPages | undefined,
    readInto?: Source['readInto'],
  ) {
    this.header = header;
    this.pageSize = header.pageSize;
    this.usable = header.usable;
    this.count = wal?.pages ?? header.pages;
    this.#whole = whole;
    this.#size = size;
    this.#wal = wal;
    this.#mostKept = Math.max(16, Math.floor(KEPT_BYTES / header.pageSize));
    this.#readInto = readInto;
  }

  /** The page where that takes no waiting. */
  now(page: number): Uint8Array | undefined {
    return (
      this.inMemory(page) ?? (this.#readInto === undefined ? undefined : this.#readNow(page, this.#readInto))
    );
  }

  /** The page where it was read before. */
  inMemory(page: number): Uint8Array | undefined {
    if (page < 1 || page > this.count) throw corrupt(`page ${page}`, `the database has ${this.count}`);
    const place = this.#wal?.places.get(page);
    if (place !== undefined) return this.#wal!.bytes.subarray(place, place + this.pageSize);
    if (this.#whole !== undefined) {
      const at = (page - 1) * this.pageSize;
      if (at + this.pageSize <= this.#size) return this.#whole.subarray(at, at + this.pageSize);
      return this.#padded(this.#whole.subarray(Math.min(at, this.#size)));
    }
    return this.#kept.get(page);
  }

  *fetch(page: number): Job<Uint8Array> {
    const known = this.now(page);
    if (known !== undefined) return known;
    yield* this.ahead([page]);
    return this.#kept.get(page)!;
  }

  /** Fetches pages that will be needed, as many as are kept at once. Numbers out of range are left out. */
  *ahead(pages: readonly number[]): Job<void> {
    if (this.#whole !== undefined) return;
    const most = Math.min(Math.floor(AHEAD_BYTES / this.pageSize), this.#mostKept >> 1) || 1;
    const missing = pages.slice(0, most).filter((page) => this.#isMissing(page));
    if (missing.length === 0) return;
    const runs: { first: number; count: number }[] = [];
    for (const page of [...new Set(missing)].sort((a, b) => a - b)) {
      const last = runs.at(-1);
      if (last !== undefined && last.first + last.count === page) last.count++;
      else runs.push({ first: page, count: 1 });
    }
    const pieces = yield runs.map(({ first, count }) => this.#range(first, count * this.pageSize));
    runs.forEach(({ first, count }, run) => {
      const piece = pieces[run]!;
      for (let i = 0; i < count; i++) {
        const bytes = piece.subarray(i * this.pageSize, (i + 1) * this.pageSize);
        this.#keep(first + i, bytes.byteLength === this.pageSize ? bytes : this.#padded(bytes));
      }
    });
  }

  /** The first `length` bytes of each page, without keeping the pages. */
  *heads(pages: readonly number[], length: number): Job<Uint8Array[]> {
    const known = pages.map((page) => this.inMemory(page));
    const missing = pages.filter((_, i) => known[i] === undefined);
    const pieces = missing.length === 0 ? [] : yield missing.map((page) => this.#range(page, length));
    let next = 0;
    return known.map((bytes) => bytes?.subarray(0, length) ?? padTo(pieces[next++]!, length));
  }

  /** Bytes of the pages `first` and those behind it, where they lie in the file one after the other. */
  *run(first: number, count: number): Job<Uint8Array | undefined> {
    if (!this.#isRun(first, count)) return undefined;
    const at = (first - 1) * this.pageSize;
    if (this.#whole !== undefined) return this.#whole.subarray(at, at + count * this.pageSize);
    const [bytes] = yield [{ at, length: count * this.pageSize }];
    return bytes!;
  }

  /**
   * Reads the pages `first` and those behind it into `target`, where that takes no waiting and they lie in the file one after
   * the other; else false.
   */
  readRun(first: number, count: number, target: Uint8Array): boolean {
    if (this.#readInto === undefined || !this.#isRun(first, count)) return false;
    this.#readInto((first - 1) * this.pageSize, target.subarray(0, count * this.pageSize));
    return true;
  }

  /** Keeps what was read with the header. */
  begin(head: Uint8Array): void {
    if (head.byteLength >= this.pageSize) this.#keep(1, head.subarray(0, this.pageSize));
  }

  #readNow(page: number, readInto: NonNullable<Source['readInto']>): Uint8Array {
    if (this.#slabUsed + this.pageSize > this.#slab.byteLength) {
      this.#slab = allocateBytes(SLAB_PAGES * this.pageSize);
      this.#slabUsed = 0;
    }
    const bytes = this.#slab.subarray(this.#slabUsed, this.#slabUsed + this.pageSize);
    this.#slabUsed += this.pageSize;
    const { at, length } = this.#range(page, this.pageSize);
    readInto(at, length === this.pageSize ? bytes : bytes.subarray(0, length));
    bytes.fill(0, length);
    this.#keep(page, bytes);
    return bytes;
  }

  #isRun(first: number, count: number): boolean {
    if (first < 1 || first + count - 1 > this.count) return false;
    for (let page = first; this.#wal !== undefined && page < first + count; page++)
      if (this.#wal.places.has(page)) return false;
    return (first - 1 + count) * this.pageSize <= this.#size;
  }

  #isMissing(page: number): boolean {
    return (
      page >= 1 && page <= this.count && !(this.#wal?.places.has(page) ?? false) && !this.#kept.has(page)
    );
  }

  /** The last page of a file may be cut: what is missing reads as zeros, as it does in SQLite. */
  #range(page: number, length: number): Range {
    const at = (page - 1) * this.pageSize;
    return at >= this.#size ? { at: 0, length: 0 } : { at, length: Math.min(length, this.#size - at) };
  }

  #padded(bytes: Uint8Array): Uint8Array {
    return padTo(bytes, this.pageSize);
  }

  #keep(page: number, bytes: Uint8Array): void {
    this.#kept.set(page, bytes);
    if (this.#kept.size > this.#mostKept) this.#kept.delete(this.#kept.keys().next().value!);
  }
}

function padTo(bytes: Uint8Array, length: number): Uint8Array {
  if (bytes.byteLength >= length) return bytes.subarray(0, length);
  const padded = new Uint8Array(length);
  padded.set(bytes);
  return padded;
}

/** A pager over a source; undefined for an empty database: a file of no or, as SQLite has it, one byte. */
export function* openPager(
  source: Source,
  wal: WalPages | undefined,
  budget: Budget,
): Job<Pager | undefined> {
  const inWal = wal?.places.get(1);
  if (source.size <= 1 && inWal === undefined) return undefined;
  let head: Uint8Array;
  if (inWal !== undefined) head = wal!.bytes.subarray(inWal, inWal + HEADER_BYTES);
  else [head] = (yield [{ at: 0, length: Math.min(FIRST_BYTES, source.size) }]) as [Uint8Array];
  const size = inWal === undefined ? source.size : Math.max(source.size, wal!.pages * wal!.pageSize);
  const header = parseHeader(head, size);
  if (wal !== undefined && wal.pageSize !== header.pageSize)
    throw corrupt('write-ahead log', `pages of ${wal.pageSize} bytes, the database has ${header.pageSize}`);
  budget.takeBytes(Math.min(KEPT_BYTES, source.size), 'pages of the database');
  const pager = new Pager(header, source.size, undefined, wal, source.readSync && source.readInto);
  if (inWal === undefined) pager.begin(head);
  return pager;
}
