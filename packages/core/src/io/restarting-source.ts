import { mergeRanges, REQUEST_GAP } from './coalescing-source.js';
import { checkRange, throwIfAborted } from './ranges.js';
import type { Range, Source } from './source.js';

/** A source whose synchronous reads end the call that makes them until their bytes are there. */
export interface RestartingSource {
  readonly source: Source;
  /**
   * Runs `work`, which reads through `source.readSync`; when bytes are missing they are fetched and `work` is run
   * again from its start. `before` is called ahead of every run.
   */
  run<T>(work: () => T | Promise<T>, before?: () => void): Promise<T>;
}

/** Small reads are fetched in pages of this size: structures lie near each other. */
const PAGE_BYTES = 65_536;
/** Longer ranges are data: fetched as they are, and let go when the call has ended. */
const MOST_PAGED = 4 * PAGE_BYTES;
/** Pages kept between two calls. */
const MOST_KEPT = 1024;

/** More pages than this at once, of which less than this part is asked for, are not fetched: only the neighbourhood is. */
const MOST_SPARSE = 64;
const LEAST_DENSE = 1 / 4;
/** What is asked for next often lies near. */
const NEIGHBOURHOOD = 8192;

interface Run {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Ends a call whose bytes are not there yet. */
class BytesMissing extends Error {}

/**
 * Lets code that reads synchronously work on a source that can't: a web server, a Blob. Code that is to use this must
 * give the same reads again when it is run again, and must keep nothing of a run that was ended.
 */
export function restartingSource(inner: Source, signal?: AbortSignal): RestartingSource {
  const pages = new Map<number, Uint8Array>();
  const long = new Map<string, Uint8Array>();
  /** Of one call: what was read of pages that are not worth fetching, by offset. */
  let runs: Run[] = [];
  /** Of the run that is under way; also where the code in between has caught what was thrown. */
  let missing: Range[] = [];
  let last: Promise<unknown> = Promise.resolve();

  const readSync = (ranges: readonly Range[]): Uint8Array[] => {
    const found = ranges.map((range) => known(range));
    if (found.some((bytes) => bytes === undefined)) throw new BytesMissing('bytes are not there yet');
    return found as Uint8Array[]; // each was looked at in the line above
  };

  const known = (range: Range): Uint8Array | undefined => {
    checkRange(range, inner.size, inner.name);
    const bytes =
      range.length > MOST_PAGED ? long.get(keyOf(range)) : (fromPages(range, pages) ?? fromRuns(range, runs));
    if (bytes === undefined) missing.push(range);
    return bytes;
  };

  const fetchMissing = async (): Promise<void> => {
    const large = missing.filter(({ length }) => length > MOST_PAGED);
    const small = missing.filter(({ length }) => length <= MOST_PAGED);
    const absent = new Set(small.flatMap(pagesOf).filter((page) => !pages.has(page)));
    const exact = mergeRanges(
      small.map((range) => widened(range, inner.size)),
      REQUEST_GAP,
    );
    const needed = exact.reduce((sum, { length }) => sum + length, 0);
    const isSparse = absent.size > MOST_SPARSE && needed < absent.size * PAGE_BYTES * LEAST_DENSE;
    const wanted = new Map(large.map((range) => [keyOf(range), range]));
    const rest = isSparse ? exact : [...absent].map((page) => rangeOfPage(page, inner.size));
    const pieces = await inner.read([...wanted.values(), ...rest], signal);
    [...wanted.keys()].forEach((key, i) => long.set(key, pieces[i]!));
    rest.forEach((range, i) => {
      const bytes = pieces[wanted.size + i]!;
      if (isSparse) runs.push({ at: range.at, bytes });
      else pages.set(range.at / PAGE_BYTES, bytes);
    });
    if (isSparse) runs.sort((a, b) => a.at - b.at);
  };

  const attempt = async <T>(work: () => T | Promise<T>, before: (() => void) | undefined): Promise<T> => {
    try {
      for (;;) {
        throwIfAborted(signal, `read '${inner.name}'`);
        missing = [];
        before?.();
        try {
          const value = await work();
          if (missing.length === 0) return value;
        } catch (error) {
          if (missing.length === 0) throw error;
        }
        await fetchMissing();
      }
    } finally {
      long.clear();
      runs = [];
      for (const page of pages.keys()) if (pages.size > MOST_KEPT) pages.delete(page);
    }
  };

  return {
    source: {
      size: inner.size,
      name: inner.name,
      path: inner.path,
      restarts: true,
      read: (ranges, readSignal) => inner.read(ranges, readSignal),
      readSync,
      close: () => inner.close(),
    },
    run(work, before) {
      // One at a time: what is missing belongs to one run.
      const done = last.then(() => attempt(work, before));
      last = done.catch(() => undefined);
      return done;
    },
  };
}

function keyOf({ at, length }: Range): string {
  return `${at}:${length}`;
}

function pagesOf({ at, length }: Range): number[] {
  if (length === 0) return [];
  const first = Math.floor(at / PAGE_BYTES);
  return Array.from({ length: Math.floor((at + length - 1) / PAGE_BYTES) - first + 1 }, (_, i) => first + i);
}

function rangeOfPage(page: number, size: number): Range {
  const at = page * PAGE_BYTES;
  return { at, length: Math.min(PAGE_BYTES, size - at) };
}

function widened({ at, length }: Range, size: number): Range {
  const from = at - (at % NEIGHBOURHOOD);
  const to = Math.min(size, Math.ceil((at + length) / NEIGHBOURHOOD) * NEIGHBOURHOOD);
  return { at: from, length: to - from };
}

function fromPages(range: Range, pages: ReadonlyMap<number, Uint8Array>): Uint8Array | undefined {
  const { at, length } = range;
  if (length === 0) return new Uint8Array(0);
  const first = Math.floor(at / PAGE_BYTES);
  const start = first * PAGE_BYTES;
  // A copy: the pages stay as they are, whatever the caller does with it.
  if (at + length <= start + PAGE_BYTES) return pages.get(first)?.slice(at - start, at + length - start);
  const out = new Uint8Array(length);
  for (const page of pagesOf(range)) {
    const bytes = pages.get(page);
    if (bytes === undefined) return undefined;
    const from = Math.max(at, page * PAGE_BYTES);
    out.set(bytes.subarray(from - page * PAGE_BYTES, at + length - page * PAGE_BYTES), from - at);
  }
  return out;
}

function fromRuns({ at, length }: Range, runs: readonly Run[]): Uint8Array | undefined {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (runs[middle]!.at <= at) low = middle + 1;
    else high = middle;
  }
  // Runs of several fetches may overlap: the nearest ones are looked at.
  for (let i = low - 1; i >= Math.max(0, low - 3); i--) {
    const { at: from, bytes } = runs[i]!;
    if (at + length <= from + bytes.byteLength) return bytes.slice(at - from, at + length - from);
  }
  return undefined;
}
