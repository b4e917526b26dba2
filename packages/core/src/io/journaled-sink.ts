import { type Journal, journalHeader, journalRecord, type OldState } from './journal.js';
import { byteLengthOf } from './ranges.js';
import type { Range, Sink } from './source.js';

/** A sink whose changes are complete or undone: see {@link settle}. */
export interface SafeSink extends Sink {
  /** Bytes written beside the file since the last {@link settle}. */
  readonly beside: number;
  /** Ends a change: what was written stays. @param durable wait until it is on the medium */
  settle(durable: boolean): Promise<void>;
  /** Takes back what was written since the last {@link settle}. */
  undo(): void;
}

/**
 * The same sink, with a journal: before a byte of the old content is overwritten or cut off it is saved there. Needs
 * `writeSync`, `truncateSync` and `readSync`.
 *
 * @param durable wait until what is saved is on the medium: for power failures, where a killed process needs no wait
 */
export function journaledSink(inner: Sink, journal: Journal, durable = false): SafeSink {
  return new JournaledSink(inner, journal, durable);
}

/** Puts the old state back into a file. */
export function restore(sink: Sink, { size, saved }: OldState): void {
  for (const { at, bytes } of saved) sink.writeSync!(at, bytes);
  sink.truncateSync!(size);
}

class JournaledSink implements SafeSink {
  readonly name: string;
  readonly path: string | undefined;
  readonly readSync: Sink['readSync'];
  readonly readInto: Sink['readInto'];
  beside = 0;
  readonly #inner: Sink;
  readonly #journal: Journal;
  readonly #durable: boolean;
  /** Of the change under way. */
  #old: { readonly size: number; readonly saved: { at: number; bytes: Uint8Array }[] } | undefined;

  constructor(inner: Sink, journal: Journal, durable: boolean) {
    this.#durable = durable;
    this.#inner = inner;
    this.#journal = journal;
    this.name = inner.name;
    this.path = inner.path;
    this.readSync = inner.readSync;
    this.readInto = inner.readInto;
  }

  get size(): number {
    return this.#inner.size;
  }

  read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]> {
    return this.#inner.read(ranges, signal);
  }

  readonly writeSync = (at: number, bytes: Uint8Array | readonly Uint8Array[]): void => {
    this.#save(at, at + byteLengthOf(bytes));
    this.#inner.writeSync!(at, bytes);
  };

  async write(at: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.writeSync(at, bytes);
  }

  readonly truncateSync = (size: number): void => {
    this.#save(size, Number.POSITIVE_INFINITY);
    this.#inner.truncateSync!(size);
  };

  async truncate(size: number): Promise<void> {
    this.truncateSync(size);
  }

  /** New content is put in the place as a whole: what was written before it does not matter. */
  async replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void> {
    this.undo();
    await this.#inner.replace(bytes);
  }

  flush(): Promise<void> {
    return this.#inner.flush();
  }

  lock(): Promise<void> {
    return this.#inner.lock();
  }

  lendLock(): void {
    this.#inner.lendLock?.();
  }

  unlock(): void {
    this.#inner.unlock?.();
  }

  close(): void | Promise<void> {
    return this.#inner.close();
  }

  async settle(durable: boolean): Promise<void> {
    if (durable) await this.#inner.flush();
    this.beside = 0;
    if (this.#old === undefined) return;
    this.#journal.remove();
    this.#old = undefined;
  }

  undo(): void {
    this.beside = 0;
    if (this.#old === undefined) return;
    restore(this.#inner, this.#old);
    this.#journal.remove();
    this.#old = undefined;
  }

  /** Saves what the old content has between two places and is not saved yet. */
  #save(start: number, end: number): void {
    if (this.#old === undefined) {
      this.#append(journalHeader(this.#inner.size, this.#journal.identity()));
      this.#old = { size: this.#inner.size, saved: [] };
    }
    const { size, saved } = this.#old;
    let added = false;
    for (const [from, to] of gaps(saved, start, Math.min(end, size))) {
      const [bytes] = this.#inner.readSync!([{ at: from, length: to - from }]);
      // A copy: memory gives views on what is overwritten next.
      const old = { at: from, bytes: bytes!.slice() };
      this.#append(journalRecord(old, old.bytes));
      saved.push(old);
      added = true;
    }
    if (added && this.#durable) this.#journal.flush();
  }

  #append(bytes: Uint8Array): void {
    this.#journal.append(bytes);
    this.beside += bytes.byteLength;
  }
}

/** What of a range none of the saved ones has. */
function gaps(
  saved: readonly { readonly at: number; readonly bytes: Uint8Array }[],
  start: number,
  end: number,
): [number, number][] {
  let open: [number, number][] = start < end ? [[start, end]] : [];
  for (const { at, bytes } of saved) {
    const until = at + bytes.byteLength;
    open = open.flatMap(([from, to]): [number, number][] => {
      if (until <= from || at >= to) return [[from, to]];
      const rest: [number, number][] = [];
      if (from < at) rest.push([from, at]);
      if (until < to) rest.push([until, to]);
      return rest;
    });
  }
  return open;
}
