import { corrupt } from '../corrupt.js';
import { type ColumnData, memoryOf, roomFor } from '../encoding/load.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import { type ChunkSource, eachPage, type OpenPage } from './chunk-pages.js';
import { decodeValues } from './decode-values.js';
import type { ReadEnv } from './env.js';

/** A flat column that is being filled: room for its rows, and which of them are there. */
export interface FlatTarget {
  readonly data: ColumnData;
  /** One byte a row; absent for required columns. */
  readonly valid: Uint8Array | undefined;
}

/** Elements of any class; slots are only moved. */
interface Slots {
  [index: number]: unknown;
}

/**
 * Fills `target` from `at` on with the rows `from … to` of a chunk whose leaf is a column of its own. Pages
 * outside are not even decompressed.
 *
 * @throws FormatError `corrupt`, `unsupported`, `limit`
 */
export function readFlatChunk(
  chunk: ChunkSource,
  from: number,
  to: number,
  target: FlatTarget,
  at: number,
  env: ReadEnv,
): void {
  const { leaf } = chunk;
  let row = 0;
  if (to > from) {
    eachPage(chunk, env, (values, open) => {
      const start = row;
      row += values;
      // Behind the rows, the headers of an indexed run are still counted.
      if (row <= from || start >= to) return true;
      const place = at + Math.max(start, from) - from;
      open((page) => {
        if (start >= from && row <= to) decodeFlatPage(leaf, page, values, target, place, env);
        else {
          const memory = memoryOf(leaf, values);
          env.budget.takeBytes(memory, `a page of ${values} values of '${leafPath(leaf)}'`);
          const part = { data: roomFor(leaf, values), valid: target.valid && new Uint8Array(values) };
          decodeFlatPage(leaf, page, values, part, 0, env);
          copyRows(part, Math.max(0, from - start), Math.min(values, to - start), target, place);
          env.budget.releaseBytes(memory);
        }
      });
      return row < to || chunk.indexed;
    });
  }
  if (row < to) throw corrupt(`read '${leafPath(leaf)}': ${row} of ${to} rows`, chunk.base);
}

function decodeFlatPage(
  leaf: Leaf,
  page: OpenPage,
  rows: number,
  target: FlatTarget,
  at: number,
  env: ReadEnv,
): void {
  const { defs, present, encoding, reader, dictionary } = page;
  decodeValues(leaf, encoding, reader, present, target.data, at, dictionary, env);
  if (target.valid === undefined || defs === undefined) return;
  if (present === rows) {
    target.valid.fill(1, at, at + rows);
    return;
  }
  // Values lie close together: they move to their rows from the last one on.
  const data = target.data as unknown as Slots;
  const filler = fillerOf(leaf);
  for (let row = rows - 1, value = present - 1; row >= 0; row--) {
    const there = defs[row] === leaf.maxDef;
    target.valid[at + row] = there ? 1 : 0;
    data[at + row] = there ? data[at + value--] : filler;
  }
}

function copyRows(part: FlatTarget, from: number, to: number, target: FlatTarget, at: number): void {
  const source = part.data as unknown as Slots;
  const data = target.data as unknown as Slots;
  for (let i = from; i < to; i++) data[at + i - from] = source[i];
  if (target.valid !== undefined && part.valid !== undefined)
    target.valid.set(part.valid.subarray(from, to), at);
}

/** What stands in the slot of a null. */
function fillerOf(leaf: Leaf): unknown {
  return (roomFor(leaf, 1) as unknown as Slots)[0];
}
