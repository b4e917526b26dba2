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

/** Ends a call whose bytes are not there yet. */
class BytesMissing extends Error {}

/**
 * Lets code that reads synchronously work on a source that can't: a web server, a Blob. Code that is to use this must
 * give the same reads again when it is run again, and must keep nothing of a run that was ended.
 */
export function restartingSource(inner: Source, signal?: AbortSignal): RestartingSource {
  const pages = new Map<number, Uint8Array>();
  const long = new Map<string, Uint8Array>();
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
    if (range.length > MOST_PAGED) {
      const bytes = long.get(keyOf(range));
      if (bytes === undefined) missing.push(range);
      return bytes;
    }
    const wanted = pagesOf(range);
    const absent = wanted.filter((page) => !pages.has(page));
    for (const page of absent) missing.push(rangeOfPage(page, inner.size));
    return absent.length > 0 ? undefined : assemble(range, pages);
  };

  const fetchMissing = async (): Promise<void> => {
    const wanted = [...new Map(missing.map((range) => [keyOf(range), range])).values()];
    const pieces = await inner.read(wanted, signal);
    wanted.forEach((range, i) => {
      if (range.length > MOST_PAGED) long.set(keyOf(range), pieces[i]!);
      else pages.set(range.at / PAGE_BYTES, pieces[i]!);
    });
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

function assemble({ at, length }: Range, pages: ReadonlyMap<number, Uint8Array>): Uint8Array {
  const out = new Uint8Array(length);
  for (const page of pagesOf({ at, length })) {
    const start = page * PAGE_BYTES;
    const from = Math.max(at, start);
    const bytes = pages.get(page)!.subarray(from - start, at + length - start);
    out.set(bytes, from - at);
  }
  return out;
}
