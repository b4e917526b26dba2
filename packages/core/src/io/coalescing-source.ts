import { passThrough } from './pass-through.js';
import { checkRange } from './ranges.js';
import type { Range, Source } from './source.js';

export interface CoalescingOptions {
  /** Ranges this near to each other are read as one. Default 4096 bytes. */
  readonly gap?: number;
}

/** What lies between two ranges costs less than a request of its own. */
export const REQUEST_GAP = 4096;

/**
 * The same source, asking for near and overlapping ranges of one `read` as one: a request over a network costs
 * more than the bytes between. Only `read` is changed; synchronous reads go through as they are.
 */
export function coalescingSource(inner: Source, options: CoalescingOptions = {}): Source {
  const gap = options.gap ?? REQUEST_GAP;
  return {
    ...passThrough(inner),
    async read(ranges, signal) {
      for (const range of ranges) checkRange(range, inner.size, inner.name);
      const runs = mergeRanges(ranges, gap);
      if (runs.length === ranges.length) return inner.read(ranges, signal);
      const pieces = await inner.read(runs, signal);
      return ranges.map((range) => cutFrom(runs, pieces, range));
    },
  };
}

/** The fewest ranges that cover all of `ranges` with no more than `gap` bytes between two that are joined, in order. */
export function mergeRanges(ranges: readonly Range[], gap: number): Range[] {
  const runs: { at: number; length: number }[] = [];
  for (const { at, length } of ranges.filter((range) => range.length > 0).sort((a, b) => a.at - b.at)) {
    const last = runs.at(-1);
    if (last !== undefined && at - (last.at + last.length) <= gap) {
      last.length = Math.max(last.length, at + length - last.at);
    } else runs.push({ at, length });
  }
  return runs;
}

function cutFrom(runs: readonly Range[], pieces: readonly Uint8Array[], range: Range): Uint8Array {
  if (range.length === 0) return new Uint8Array(0);
  const index = runs.findLastIndex((run) => run.at <= range.at);
  const from = range.at - runs[index]!.at;
  return pieces[index]!.subarray(from, from + range.length);
}
