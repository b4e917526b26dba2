import type { Range } from '@formatlab/core';
import type { ChunkMeta } from '../footer.js';
import { type PageLocation, pagesOfRows } from './page-index.js';

/** A smaller chunk is read whole: the index would cost a read of its own. */
export const LEAST_INDEXED = 65_536;

/** Whether a part costs no more than the part: a small chunk is read whole each time. */
export function isIndexed(chunk: ChunkMeta): boolean {
  return chunk.length <= LEAST_INDEXED || chunk.offsetIndex !== undefined;
}

/** What is read of a chunk. */
export interface ChunkPart {
  /** The chunk; or its dictionary, if it has one, and a run of pages. */
  readonly ranges: readonly Range[];
  readonly rows: number;
  /** Set where only some pages are read. */
  readonly firstRow: number | undefined;
}

/** The whole chunk; or, where its pages are known, those that hold the rows `from … to` of `rows`. */
export function partOf(
  chunk: ChunkMeta,
  pages: readonly PageLocation[] | undefined,
  from: number,
  to: number,
  rows: number,
): ChunkPart {
  const whole = { ranges: [{ at: chunk.start, length: chunk.length }], rows, firstRow: undefined };
  const first = pages?.[0];
  if (pages === undefined || first === undefined || first.at < chunk.start) return whole;
  const run = pagesOfRows(pages, from, to, rows);
  if (run.at + run.length > chunk.start + chunk.length) return whole;
  const dictionary = { at: chunk.start, length: first.at - chunk.start };
  const ranges = [...(dictionary.length > 0 ? [dictionary] : []), { at: run.at, length: run.length }];
  return { ranges, rows: run.rows, firstRow: run.firstRow };
}

/** Both, one after the other. */
export function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = new Uint8Array(one.byteLength + other.byteLength);
  both.set(one);
  both.set(other, one.byteLength);
  return both;
}
