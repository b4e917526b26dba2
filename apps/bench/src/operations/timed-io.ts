import { type Range, type Sink, type Source, writeFileAtomic } from '@formatlab/core';

export interface TimedSource {
  readonly source: Source;
  /** Ms spent in reading so far. */
  spent(): number;
  /** When it was first asked for bytes, by `performance.now()`. */
  firstAt(): number | undefined;
}

/** The same source, with the time measured that is spent in reading from it. */
export function timedSource(open: () => Source): TimedSource {
  let total = 0;
  let firstAt: number | undefined;
  const inner = open();
  const timed =
    <A extends unknown[], R>(call: (...args: A) => R): ((...args: A) => R) =>
    (...args) => {
      const began = performance.now();
      firstAt ??= began;
      const result = call(...args);
      if (result instanceof Promise) {
        // The promise's own value goes on to the caller.
        return result.finally(() => {
          total += performance.now() - began;
        }) as R;
      }
      total += performance.now() - began;
      return result;
    };
  const { readSync, readInto } = inner;
  const source: Source = {
    size: inner.size,
    name: inner.name,
    path: inner.path,
    read: timed((ranges: readonly Range[], signal?: AbortSignal) => inner.read(ranges, signal)),
    ...(readSync === undefined ? {} : { readSync: timed(readSync) }),
    ...(readInto === undefined ? {} : { readInto: timed(readInto) }),
    close: () => inner.close(),
  };
  return { source, spent: () => total, firstAt: () => firstAt };
}

export interface TimedTarget {
  readonly sink: Sink;
  /** When the first byte was handed over, by `performance.now()`. */
  encodedAt(): number;
}

/** A sink that writes a new file the way that `save` does for a path, and tells when encoding was over. */
export function timedTarget(path: string): TimedTarget {
  let encodedAt = 0;
  const noReading = (): never => {
    throw new Error(`read '${path}': it is being written`);
  };
  const sink: Sink = {
    size: 0,
    name: path,
    path,
    read: noReading,
    write: noReading,
    truncate: async () => {},
    flush: async () => {},
    lock: async () => {},
    replace: async (pieces) => {
      encodedAt = performance.now();
      writeFileAtomic(path, pieces);
    },
    close() {},
  };
  return { sink, encodedAt: () => encodedAt };
}
