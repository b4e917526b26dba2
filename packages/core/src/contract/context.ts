import type { Budget } from '../budget.js';
import type { Sink } from '../io/source.js';
import type { Loss } from '../loss.js';
import type { Format } from './format.js';

/** The formats that the caller brought: what a format inside a format is looked up in. */
export interface FormatSet {
  readonly all: readonly Format[];
  /** @throws FormatError `unsupported`, naming the package to add, when the caller did not bring it. */
  get(id: string): Format;
  has(id: string): boolean;
}

/** A file that only this call uses; gone when it ends. */
export interface TempFile extends Sink {
  readonly path: string;
}

/** What one call of a plugin function may use. */
export interface Context<Options> {
  /** Checked against the format's specs; defaults filled in. */
  readonly options: Options;
  /** File name without folders and compression suffix, where there is one: `.npz` asks for another layout than `.npy`. */
  readonly name?: string | undefined;
  /**
   * Path of the file on the local file system, where it lies there as it is: for what a format keeps in files
   * beside it, such as the write-ahead log of a database.
   */
  readonly path?: string | undefined;
  /** What `index` of this format noted of the file; absent where there is no index, or it does not fit the file. */
  readonly index?: Uint8Array | undefined;
  /** Every decoder charges what it is about to allocate, before it does. */
  readonly budget: Budget;
  readonly signal: AbortSignal | undefined;
  /** Reports work done; cheap enough for once a megabyte or a thousand rows. Throws `aborted` when the signal was aborted. */
  progress(done: number, total?: number): void;
  /** Reports a value that will not survive. Throws `lossy` under `strict`. */
  loss(loss: Loss): void;
  readonly formats: FormatSet;
  /** A temporary file on the local file system. @throws FormatError `unsupported` where there is none. */
  temp(): Promise<TempFile>;
}
