import type { OldState } from './journal.js';
import { checkRange, throwIfAborted } from './ranges.js';
import type { Range, Source } from './source.js';

/** The file as it was before a change that did not end: what was overwritten comes from the journal. */
export function oldStateSource(inner: Source, { size, saved }: OldState): Source {
  /** The part of a range that the file still has; what was cut off it is in the journal. */
  const left = ({ at, length }: Range): Range => ({
    at,
    length: Math.max(0, Math.min(at + length, inner.size) - at),
  });
  const restored = (range: Range, found: Uint8Array): Uint8Array => {
    const bytes = new Uint8Array(range.length);
    bytes.set(found);
    for (const { at, bytes: old } of saved) {
      const start = Math.max(at, range.at);
      const end = Math.min(at + old.byteLength, range.at + range.length);
      if (start < end) bytes.set(old.subarray(start - at, end - at), start - range.at);
    }
    return bytes;
  };
  const { readSync } = inner;
  return {
    size,
    name: inner.name,
    async read(ranges, signal) {
      throwIfAborted(signal, `read '${inner.name}'`);
      for (const range of ranges) checkRange(range, size, inner.name);
      const found = await inner.read(ranges.map(left), signal);
      return ranges.map((range, i) => restored(range, found[i]!));
    },
    ...(readSync === undefined
      ? {}
      : {
          readSync: (ranges: readonly Range[]) => {
            for (const range of ranges) checkRange(range, size, inner.name);
            const found = readSync(ranges.map(left));
            return ranges.map((range, i) => restored(range, found[i]!));
          },
        }),
    close: () => inner.close(),
  };
}
