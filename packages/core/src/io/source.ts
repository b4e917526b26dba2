import type { Journal } from './journal.js';

/** A run of bytes of a file. */
export interface Range {
  readonly at: number;
  readonly length: number;
}

/** Random access to bytes: the only input of a plugin. */
export interface Source {
  /** Bytes. */
  readonly size: number;
  /** Where it comes from, for messages. */
  readonly name: string;
  /** Path on the local file system, where there is one. */
  readonly path?: string | undefined;
  /**
   * The bytes of each range, in order; the caller may keep them and change them only where it owns the source.
   * @throws FormatError `corrupt` when a range ends after the file, `io`, `aborted`
   */
  read(ranges: readonly Range[], signal?: AbortSignal): Promise<Uint8Array[]>;
  /** The same without waiting: files and bytes have it, and so does what wraps them. */
  readonly readSync?: ((ranges: readonly Range[]) => Uint8Array[]) | undefined;
  /** Reads into memory of the caller: spares a copy where the target is a typed array. */
  readonly readInto?: ((at: number, target: Uint8Array) => void) | undefined;
  /**
   * Synchronous reads may throw and the call that made them be begun again: what must not be ended in the middle reads
   * the whole first.
   */
  readonly restarts?: boolean | undefined;
  /** Where a change that is under way keeps what was there before it. */
  readonly journal?: Journal | undefined;
  close(): void | Promise<void>;
}

/** A source that can be written. */
export interface Sink extends Source {
  write(at: number, bytes: Uint8Array | readonly Uint8Array[]): Promise<void>;
  truncate(size: number): Promise<void>;
  /** Returns when what was written is on the medium. */
  flush(): Promise<void>;
  /** Refuses a second writer. @throws FormatError `io` that names the holder */
  lock(): Promise<void>;
  /** Lets a library that locks the file itself have the lock; `close` ends that too. */
  lendLock?(): void;
  /** Lets the next writer in without closing; `close` does it too. */
  unlock?(): void;
  /** Puts `bytes` in the place of the whole content, atomically where the medium can. */
  replace(bytes: Uint8Array | readonly Uint8Array[]): Promise<void>;
  readonly writeSync?: ((at: number, bytes: Uint8Array | readonly Uint8Array[]) => void) | undefined;
  readonly truncateSync?: ((size: number) => void) | undefined;
}
