import type { DType } from '../values/dtype.js';

/**
 * A kind of value at the root. `entries` is a plain object of arrays and tables, one level deep (npz, MAT);
 * `tree` is any value, and includes `entries`.
 */
export type RootKind = 'array' | 'table' | 'entries' | 'tree';

/** What a format, or one engine of it, can do. Each claim is measured by the conformance kit. */
export interface Capabilities {
  readonly roots: readonly RootKind[];
  /** Array element types that survive exactly; the others are converted with a loss, or refused. */
  readonly dtypes: { readonly read: readonly DType[]; readonly write: readonly DType[] };
  /** Most dimensions an array may have. */
  readonly maxRank: number;
  /** Whether attributes of arrays, tables and groups are kept. */
  readonly attributes: boolean;
  /** Whether a flipped bit in the data is detected. */
  readonly integrity: 'none' | 'checksum';
  /** Whether one value standing in two places stays one, and cycles are held. */
  readonly references: boolean;
  /** Whether tables pass in batches, without the whole in memory. */
  readonly batches: { readonly read: boolean; readonly write: boolean };
  /** What it takes to list the entries: a stored index, a scan over headers, or the whole file. */
  readonly list: 'index' | 'scan' | 'whole';
  /** What it takes to read one entry by name. */
  readonly readOne: 'seek' | 'scan' | 'whole';
  /** What a slice of an array reads: the chunks it touches, the contiguous run of rows, or all. */
  readonly slice: 'chunk' | 'contiguous' | 'none';
  /** What adding an entry or rows writes: only at the end, the end and a new footer, or everything. */
  readonly append: 'tail' | 'footer' | 'rewrite';
  /**
   * What replacing an entry of the same size writes: the entry in its place, the entry at the end of the file with
   * the old one left as dead bytes, or everything.
   */
  readonly update: 'in-place' | 'tail' | 'rewrite';
}
