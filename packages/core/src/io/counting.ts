import { passThrough } from './pass-through.js';
import { byteLengthOf } from './ranges.js';
import type { Range, Sink, Source } from './source.js';

/** What went through a source or sink. */
export interface IoCounts {
  /** Calls of read, readSync and readInto. */
  reads: number;
  bytesRead: number;
  writes: number;
  bytesWritten: number;
  /** Bytes written over ones that were there before. */
  bytesRewritten: number;
  /** Every range read, in order. */
  readonly ranges: Range[];
  /** Every range written, in order. */
  readonly rangesWritten: Range[];
}

export interface CountedSource {
  readonly source: Source;
  readonly counts: IoCounts;
}

export interface CountedSink {
  readonly sink: Sink;
  readonly counts: IoCounts;
}

function newCounts(): IoCounts {
  return {
    reads: 0,
    bytesRead: 0,
    writes: 0,
    bytesWritten: 0,
    bytesRewritten: 0,
    ranges: [],
    rangesWritten: [],
  };
}

/** The same source, counting what is read through it. */
export function countingSource(inner: Source): CountedSource {
  const counts = newCounts();
  return { source: countReads(inner, counts), counts };
}

/** The same sink, counting what is read and written through it. */
export function countingSink(inner: Sink): CountedSink {
  const counts = newCounts();
  const writeSync = inner.writeSync?.bind(inner);
  const truncateSync = inner.truncateSync?.bind(inner);
  const countWrite = (at: number, length: number): void => {
    counts.writes++;
    counts.bytesWritten += length;
    counts.bytesRewritten += Math.max(0, Math.min(inner.size, at + length) - at);
    counts.rangesWritten.push({ at, length });
  };
  const sink: Sink = Object.defineProperties(
    {
      ...countReads(inner, counts),
      async write(at, bytes) {
        countWrite(at, byteLengthOf(bytes));
        await inner.write(at, bytes);
      },
      ...(writeSync === undefined
        ? {}
        : {
            writeSync: (at: number, bytes: Uint8Array | readonly Uint8Array[]) => {
              countWrite(at, byteLengthOf(bytes));
              writeSync(at, bytes);
            },
          }),
      ...(truncateSync === undefined ? {} : { truncateSync }),
      truncate: (size) => inner.truncate(size),
      flush: () => inner.flush(),
      lock: () => inner.lock(),
      ...(inner.unlock === undefined ? {} : { unlock: () => inner.unlock!() }),
      async replace(bytes) {
        countWrite(0, byteLengthOf(bytes));
        await inner.replace(bytes);
      },
    } as Sink,
    { size: { get: () => inner.size, enumerable: true } },
  );
  return { sink, counts };
}

function countReads(inner: Source, counts: IoCounts): Source {
  const { size, name, path, readSync, readInto, close } = passThrough(inner);
  const count = (ranges: readonly Range[]): void => {
    counts.reads++;
    for (const range of ranges) {
      counts.bytesRead += range.length;
      counts.ranges.push(range);
    }
  };
  return {
    size,
    name,
    path,
    read(ranges, signal) {
      count(ranges);
      return inner.read(ranges, signal);
    },
    ...(readSync === undefined
      ? {}
      : {
          readSync: (ranges: readonly Range[]) => {
            count(ranges);
            return readSync(ranges);
          },
        }),
    ...(readInto === undefined
      ? {}
      : {
          readInto: (at: number, target: Uint8Array) => {
            count([{ at, length: target.byteLength }]);
            readInto(at, target);
          },
        }),
    close,
  };
}
