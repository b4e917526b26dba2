import { passThrough } from './pass-through.js';
import { checkRange, throwIfAborted } from './ranges.js';
import type { Range, Source } from './source.js';

export interface CachingOptions {
  /** Bytes of one page. Default 65,536. */
  readonly pageSize?: number;
  /** Most pages kept; the least recently used goes first. Default 256. */
  readonly pages?: number;
}

const DEFAULT_PAGE_SIZE = 65_536;
const DEFAULT_PAGES = 256;
/** A range of more pages than this part of the cache is read past it: it would only push the others out. */
const MOST_OF_CACHE = 1 / 4;
/** Of more pages than that, this part has to be asked for; else the ranges are read as they are. */
const LEAST_DENSE = 1 / 4;
/** Fetches that go forward, each near the one before, until more is fetched than was asked for. */
const FEWEST_FORWARD = 4;
/** Pages that may lie between two of them. */
const NEAR_PAGES = 16;
/** What is fetched ahead takes at most this part of the cache. */
const MOST_AHEAD = 1 / 2;

/**
 * The same source, keeping what was read in pages: small reads that lie near each other cost one of the inner
 * source. Behind reads that go on forward, as those of a scan do, as much is fetched ahead as they have passed so far: a
 * request for each costs more than the bytes between them. Only `read` is cached; synchronous reads go through as they are.
 */
export function cachingSource(inner: Source, options: CachingOptions = {}): Source {
  const cache = new PageCache(inner, options.pageSize ?? DEFAULT_PAGE_SIZE, options.pages ?? DEFAULT_PAGES);
  return {
    ...passThrough(inner),
    read: (ranges, signal) => cache.read(ranges, signal),
    close() {
      cache.clear();
      return inner.close();
    },
  };
}

class PageCache {
  readonly #inner: Source;
  readonly #pageSize: number;
  readonly #pages: number;
  // A Map keeps the order of insertion: the first page is the one that was not used for longest.
  readonly #kept = new Map<number, Uint8Array>();
  readonly #underWay = new Map<number, Promise<void>>();
  /** The page behind the last fetch, and the fetches and pages of a way forward that ends there. */
  #forward = { next: 0, fetches: 0, passed: 0 };

  constructor(inner: Source, pageSize: number, pages: number) {
    this.#inner = inner;
    this.#pageSize = pageSize;
    this.#pages = pages;
  }

  async read(ranges: readonly Range[], signal: AbortSignal | undefined): Promise<Uint8Array[]> {
    throwIfAborted(signal, `read '${this.#inner.name}'`);
    for (const range of ranges) checkRange(range, this.#inner.size, this.#inner.name);
    if (this.#isSparse(ranges)) return this.#inner.read(ranges, signal);
    const large = ranges.filter((range) => this.#isLarge(range));
    const small = ranges.filter((range) => !this.#isLarge(range));
    const pages = new Map<number, Uint8Array>();
    const [past] = await Promise.all([
      large.length === 0 ? [] : this.#inner.read(large, signal),
      this.#gather(new Set(small.flatMap((range) => this.#pagesOf(range))), pages, signal),
    ]);
    let next = 0;
    return ranges.map((range) => (this.#isLarge(range) ? past[next++]! : this.#assemble(range, pages)));
  }

  clear(): void {
    this.#kept.clear();
  }

  #isLarge(range: Range): boolean {
    return range.length > this.#pageSize * Math.max(1, this.#pages * MOST_OF_CACHE);
  }

  /** Many small ranges of many pages: fetching and keeping those would cost more than what is asked for. */
  #isSparse(ranges: readonly Range[]): boolean {
    const most = this.#pages * MOST_OF_CACHE;
    if (ranges.length <= most) return false;
    const bytes = ranges.reduce((sum, { length }) => sum + length, 0);
    const pages = new Set(ranges.flatMap((range) => this.#pagesOf(range)));
    return pages.size > most && bytes < pages.size * this.#pageSize * LEAST_DENSE;
  }

  #pagesOf({ at, length }: Range): number[] {
    if (length === 0) return [];
    const first = Math.floor(at / this.#pageSize);
    const last = Math.floor((at + length - 1) / this.#pageSize);
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  }

  /** Puts every wanted page into `found`: kept ones, ones that another read is fetching, and the rest in one read. */
  async #gather(
    wanted: ReadonlySet<number>,
    found: Map<number, Uint8Array>,
    signal?: AbortSignal,
  ): Promise<void> {
    const others = new Set<Promise<void>>();
    const missing: number[] = [];
    for (const page of wanted) {
      const kept = this.#kept.get(page);
      const underWay = this.#underWay.get(page);
      if (kept !== undefined) {
        found.set(page, kept);
        this.#keep(page, kept);
      } else if (underWay !== undefined) others.add(underWay);
      else missing.push(page);
    }
    const own = missing.length === 0 ? undefined : this.#fetch(this.#withAhead(missing), found, signal);
    // What became of theirs is seen by what is there: a reader that gave up must not spoil this read.
    await Promise.all([own, Promise.allSettled(others)]);
    throwIfAborted(signal, `read '${this.#inner.name}'`);
    const left = new Set([...wanted].filter((page) => !found.has(page)));
    if (left.size > 0) await this.#gather(left, found, signal);
  }

  /** The pages, and behind them those that a scan will ask for next. */
  #withAhead(missing: readonly number[]): readonly number[] {
    const [first, last] = [missing[0]!, missing.at(-1)!];
    const { next, fetches, passed } = this.#forward;
    const goesOn = first >= next && first <= next + NEAR_PAGES && last - first + 1 === missing.length;
    if (!goesOn) {
      this.#forward = { next: last + 1, fetches: 1, passed: missing.length };
      return missing;
    }
    const pages = [...missing];
    if (fetches >= FEWEST_FORWARD) {
      const end = Math.ceil(this.#inner.size / this.#pageSize);
      const most = Math.min(passed, Math.floor(this.#pages * MOST_AHEAD), end - last - 1);
      for (let page = last + 1; page <= last + most; page++) {
        if (this.#kept.has(page) || this.#underWay.has(page)) break;
        pages.push(page);
      }
    }
    const after = pages.at(-1)! + 1;
    this.#forward = { next: after, fetches: fetches + 1, passed: passed + after - next };
    return pages;
  }

  #fetch(
    pages: readonly number[],
    found: Map<number, Uint8Array>,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const runs = this.#runsOf(pages);
    const done = this.#inner.read(runs, signal).then((pieces) => {
      pieces.forEach((piece, run) => {
        const first = runs[run]!.at / this.#pageSize;
        for (let at = 0; at < piece.byteLength; at += this.#pageSize) {
          const bytes = piece.subarray(at, at + this.#pageSize);
          found.set(first + at / this.#pageSize, bytes);
          this.#keep(first + at / this.#pageSize, bytes);
        }
      });
    });
    const shared = done.finally(() => {
      for (const page of pages) this.#underWay.delete(page);
    });
    // Who waits for it sees the failure; nobody may be waiting.
    shared.catch(() => undefined);
    for (const page of pages) this.#underWay.set(page, shared);
    return shared;
  }

  /** Neighbouring pages are one range; the last page may be short. */
  #runsOf(pages: readonly number[]): Range[] {
    const runs: { at: number; length: number }[] = [];
    for (const page of [...pages].sort((a, b) => a - b)) {
      const at = page * this.#pageSize;
      const length = Math.min(this.#pageSize, this.#inner.size - at);
      const last = runs.at(-1);
      if (last !== undefined && last.at + last.length === at) last.length += length;
      else runs.push({ at, length });
    }
    return runs;
  }

  #keep(page: number, bytes: Uint8Array): void {
    this.#kept.delete(page);
    this.#kept.set(page, bytes);
    if (this.#kept.size > this.#pages) this.#kept.delete(this.#kept.keys().next().value!);
  }

  /** A copy: the pages stay as they are, whatever the caller does with it. */
  #assemble(range: Range, pages: ReadonlyMap<number, Uint8Array>): Uint8Array {
    const out = new Uint8Array(range.length);
    let at = range.at;
    const end = range.at + range.length;
    while (at < end) {
      const page = Math.floor(at / this.#pageSize);
      const bytes = pages.get(page)!;
      const from = at - page * this.#pageSize;
      const part = bytes.subarray(from, Math.min(bytes.byteLength, from + end - at));
      out.set(part, at - range.at);
      at += part.byteLength;
    }
    return out;
  }
}
