import { bytesSink, bytesSource, type Journal, joinBytes, type Sink, type Source } from '@formatlab/core';

/** Where in an operation the process dies. */
export type Moment = 'before' | 'within' | 'after';

/** The process that wrote is gone: nothing that comes after it reaches the file. */
export class Killed extends Error {
  override readonly name = 'Killed';
}

export interface FailingSink extends Sink {
  /** What the file holds. */
  content(): Uint8Array;
  /** What is left of the process that wrote: the file and its journal. */
  remains(): Source;
  /** Writes, truncations, replacements, and what is done to the journal, so far. */
  readonly operations: number;
}

/**
 * A file in memory whose writer dies at one of its writes, truncations or replacements: before it, within it (half of
 * its bytes are there; a replacement is atomic), or after it. `at` counts from 0; undefined: never.
 */
export function failingSink(
  initial: Uint8Array,
  at: number | undefined,
  moment: Moment,
  name: string,
): FailingSink {
  const sink = bytesSink(initial, name);
  let operations = 0;
  let dead = false;
  const act = (whole: () => void, half: () => void): void => {
    if (dead) throw new Killed(`write '${name}': the process was killed`);
    const mine = operations++ === at;
    dead = mine;
    if (!mine || moment === 'after') whole();
    else if (moment === 'within') half();
    if (mine) throw new Killed(`write '${name}': the process is killed`);
  };
  const nothing = (): void => {};
  let kept: Uint8Array | undefined;
  const journal: Journal = {
    identity: () => 1,
    load: () => kept,
    append(bytes) {
      const before = kept ?? new Uint8Array(0);
      act(
        () => {
          kept = joinBytes([before, bytes]);
        },
        () => {
          kept = joinBytes([before, bytes.subarray(0, bytes.length >> 1)]);
        },
      );
    },
    flush: nothing,
    remove: () =>
      act(() => {
        kept = undefined;
      }, nothing),
  };
  const writeSync = (start: number, bytes: Uint8Array | readonly Uint8Array[]): void => {
    const all = joinBytes(bytes);
    act(
      () => sink.writeSync!(start, all),
      () => sink.writeSync!(start, all.subarray(0, all.length >> 1)),
    );
  };
  const truncateSync = (size: number): void => act(() => sink.truncateSync!(size), nothing);
  return {
    get size() {
      return sink.size;
    },
    get operations() {
      return operations;
    },
    name,
    read: (ranges, signal) => sink.read(ranges, signal),
    readSync: sink.readSync,
    readInto: sink.readInto,
    write: async (start, bytes) => writeSync(start, bytes),
    writeSync,
    truncate: async (size) => truncateSync(size),
    truncateSync,
    flush: () => sink.flush(),
    lock: () => sink.lock(),
    unlock: () => sink.unlock?.(),
    async replace(bytes) {
      const all = joinBytes(bytes).slice();
      act(() => void sink.replace(all), nothing);
    },
    journal,
    close: () => sink.close(),
    remains: () => ({
      ...bytesSource(sink.bytes().slice(), name),
      journal: { ...journal, load: () => kept },
    }),
    content: () => sink.bytes().slice(),
  };
}
