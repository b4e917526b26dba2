import type { Selection } from '../selection/selection.js';
import type { DType } from '../values/dtype.js';
import type { ColumnType, Table } from '../values/table.js';
import type { Value, ValueRecord } from '../values/value.js';

/** One entry of an open file, known without decoding its values. */
export interface Entry {
  /** JSON Pointer (RFC 6901): `''` is the root, `/run3/temps` an entry in a group; `~1` is a slash in a name. */
  readonly path: string;
  readonly kind: 'array' | 'table' | 'tree' | 'group';
  readonly dtype?: DType | undefined;
  readonly shape?: readonly number[] | undefined;
  readonly unit?: string | undefined;
  /** Tables. */
  readonly rows?: number | undefined;
  readonly columns?: readonly { readonly name: string; readonly type: ColumnType }[] | undefined;
  /** Bytes the entry's data takes in the file, where the file tells. */
  readonly storedBytes?: number | undefined;
}

export interface ReadSelection {
  /** Arrays: one item a dimension. Tables: the first item selects rows. */
  readonly slice?: Selection | undefined;
  /** Tables: the columns to read, in this order. */
  readonly columns?: readonly string[] | undefined;
}

export interface BatchOptions extends ReadSelection {
  /** Most rows a batch. Default 10,000. */
  readonly rows?: number;
}

/** An open file. Paths are those of {@link Entry}. */
export interface Reader {
  /** All entries, groups before what they hold. Values are not decoded unless `can.list` is `whole`. */
  entries(): Promise<readonly Entry[]> | readonly Entry[];
  /** One of them, without listing the others. @throws FormatError `not-found` */
  entry?(path: string): Promise<Entry> | Entry;
  /** @throws FormatError `not-found`, `bad-selection` */
  read(path: string, selection?: ReadSelection): Value | Promise<Value>;
  /** A table in pieces. */
  batches?(path: string, options?: BatchOptions): AsyncIterable<Table>;
  /** Attributes of an entry or group; an empty record where there are none. */
  attributes?(path: string): ValueRecord | Promise<ValueRecord>;
  close(): void | Promise<void>;
}

export interface Commit {
  /** Bytes written in all. */
  readonly written: number;
  /** Those of them that replaced bytes which were there before. */
  readonly rewritten: number;
  /**
   * Bytes written beside the file, so that a crash leaves a whole one: of the journal, or of the copy that takes its place.
   * They are in neither of the others. Core counts them; absent where it keeps none (`safety: 'none'`, a file that is new or
   * written anew, a format with a journal of its own).
   */
  readonly journal?: number;
}

/** Changes to a file. Nothing is promised to be in the file before `commit` returns. */
export interface Editor {
  /** Adds the entry, or replaces it. */
  put(path: string, value: Value): void | Promise<void>;
  /** Adds rows to a table, or slabs along the first dimension to an array. @throws FormatError `not-found` */
  append(path: string, value: Value): void | Promise<void>;
  /** @throws FormatError `not-found` */
  remove(path: string): void | Promise<void>;
  /** Adds the rows of every batch. */
  writeBatches?(path: string, batches: AsyncIterable<Table>): Promise<void>;
  commit(): Commit | Promise<Commit>;
  /** Gives up what was not committed, and lets go of the file. */
  close(): void | Promise<void>;
}
