import { checkRange, throwIfAborted } from './ranges.js';
import type { Source } from './source.js';

/** A Blob or File, as browsers give them; only the ranges asked for are read. */
export function blobSource(blob: Blob, name = 'blob'): Source {
  return {
    size: blob.size,
    name,
    async read(ranges, signal) {
      throwIfAborted(signal, `read '${name}'`);
      return Promise.all(
        ranges.map(async (range) => {
          checkRange(range, blob.size, name);
          return new Uint8Array(await blob.slice(range.at, range.at + range.length).arrayBuffer());
        }),
      );
    },
    close() {},
  };
}
