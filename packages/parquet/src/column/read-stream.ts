import { type ColumnData, memoryOf, roomFor } from '../encoding/load.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import { type ChunkSource, eachPage } from './chunk-pages.js';
import { decodeValues } from './decode-values.js';
import type { ReadEnv } from './env.js';

/** Values of a leaf under lists or groups, with the levels that say where they belong. */
export interface LeafStream {
  readonly leaf: Leaf;
  /** Values, nulls and empty lists counted. */
  readonly entries: number;
  /** Values that are there. */
  readonly present: number;
  /** One an entry. Absent where the maximum is 0. */
  readonly defs: Uint8Array | undefined;
  readonly reps: Uint8Array | undefined;
  /** The values that are there, one after the other. */
  readonly data: ColumnData;
}

/** All values and levels of a chunk. @throws FormatError `corrupt`, `unsupported`, `limit` */
export function readStream(chunk: ChunkSource, env: ReadEnv): LeafStream {
  const { leaf, values: entries } = chunk;
  env.budget.takeBytes(memoryOf(leaf, entries) + 2 * entries, `${entries} values of '${leafPath(leaf)}'`);
  env.budget.takeItems(entries, `${entries} values of '${leafPath(leaf)}'`);
  const defs = leaf.maxDef > 0 ? new Uint8Array(entries) : undefined;
  const reps = leaf.maxRep > 0 ? new Uint8Array(entries) : undefined;
  const data = roomFor(leaf, entries);
  let entry = 0;
  let filled = 0;
  eachPage(chunk, env, (values, open) => {
    open((page) => {
      if (page.defs !== undefined) defs?.set(page.defs, entry);
      if (page.reps !== undefined) reps?.set(page.reps, entry);
      decodeValues(leaf, page.encoding, page.reader, page.present, data, filled, page.dictionary, env);
      filled += page.present;
    });
    entry += values;
    return true;
  });
  return { leaf, entries, present: filled, defs, reps, data };
}
