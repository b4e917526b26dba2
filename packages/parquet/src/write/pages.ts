import { bitWidthOf, encodeHybrid } from '../encoding/hybrid.js';
import type { ColumnData } from '../encoding/load.js';
import { GrowingBytes } from '../growing-bytes.js';
import { PAGE_ROWS } from '../options.js';
import type { Indexed } from './dictionary.js';
import { byteArrays, packBits } from './plain.js';
import type { LeafEntries } from './shred.js';

/** About as many bytes of values of variable size make a page too. */
const PAGE_BYTES = 2 ** 20;
/** In front of each byte array. */
const LENGTH_BYTES = 4;

/** Entries and values of one data page. */
export interface PageCut {
  readonly entryFrom: number;
  readonly entryTo: number;
  readonly valueFrom: number;
  readonly valueTo: number;
  readonly firstRow: number;
}

/** Where pages begin: at starts of rows, so that whole rows can be found by the index. */
export function cutPages({ entries, defs, reps, leaf, data }: LeafEntries): PageCut[] {
  const variable = leaf.physical === 'BYTE_ARRAY';
  if (defs === undefined && reps === undefined && !variable) return evenCuts(entries);
  // Strings and bytes have a length; other leaves are not asked for it.
  const lengths = data as unknown as readonly { readonly length: number }[];
  const cuts: PageCut[] = [];
  let start = { entryFrom: 0, valueFrom: 0, firstRow: 0 };
  let value = 0;
  let row = 0;
  let bytes = 0;
  for (let entry = 0; entry < entries; entry++) {
    if (reps === undefined || reps[entry] === 0) {
      if (entry - start.entryFrom >= PAGE_ROWS || bytes >= PAGE_BYTES) {
        cuts.push({ ...start, entryTo: entry, valueTo: value });
        start = { entryFrom: entry, valueFrom: value, firstRow: row };
        bytes = 0;
      }
      row++;
    }
    if (defs === undefined || defs[entry] === leaf.maxDef) {
      if (variable) bytes += (lengths[value]?.length ?? 0) + LENGTH_BYTES;
      value++;
    }
  }
  if (start.entryFrom < entries) cuts.push({ ...start, entryTo: entries, valueTo: value });
  return cuts;
}

function evenCuts(entries: number): PageCut[] {
  return Array.from({ length: Math.ceil(entries / PAGE_ROWS) }, (_, page) => {
    const from = page * PAGE_ROWS;
    const to = Math.min(entries, from + PAGE_ROWS);
    return { entryFrom: from, entryTo: to, valueFrom: from, valueTo: to, firstRow: from };
  });
}

/** The body of a data page of version 1: levels, each behind their length, then values. */
export function pageBody(
  entries: LeafEntries,
  fixed: Uint8Array | undefined,
  indexed: Indexed | undefined,
  cut: PageCut,
): readonly Uint8Array[] {
  const { leaf, defs, reps, data } = entries;
  const levels = new GrowingBytes(64);
  if (reps !== undefined) appendLevels(levels, reps, leaf.maxRep, cut);
  if (defs !== undefined) appendLevels(levels, defs, leaf.maxDef, cut);
  const values = indexed === undefined ? plainValues(entries, fixed, data, cut) : indexValues(indexed, cut);
  return levels.size === 0 ? [values] : [levels.taken(), values];
}

function plainValues(
  { leaf, present }: LeafEntries,
  fixed: Uint8Array | undefined,
  data: ColumnData,
  { valueFrom, valueTo }: PageCut,
): Uint8Array {
  if (fixed !== undefined) {
    const size = present === 0 ? 0 : fixed.byteLength / present;
    return fixed.subarray(valueFrom * size, valueTo * size);
  }
  // What is not of fixed size is bits or byte arrays.
  return leaf.physical === 'BOOLEAN'
    ? packBits(data as Uint8Array, valueFrom, valueTo)
    : byteArrays(leaf, data, valueFrom, valueTo);
}

function indexValues({ firsts, indices }: Indexed, { valueFrom, valueTo }: PageCut): Uint8Array {
  const width = bitWidthOf(firsts.length - 1);
  const out = new GrowingBytes(Math.ceil(((valueTo - valueFrom) * width) / 8) + 16);
  out.byte(width);
  if (width > 0) encodeHybrid(out, width, indices, valueFrom, valueTo);
  // Readers want a run also where all indices are 0.
  else out.varint((valueTo - valueFrom) * 2);
  return out.taken();
}

function appendLevels(
  out: GrowingBytes,
  levels: Uint8Array,
  most: number,
  { entryFrom, entryTo }: PageCut,
): void {
  const runs = new GrowingBytes(32);
  encodeHybrid(runs, bitWidthOf(most), levels, entryFrom, entryTo);
  out.uint32(runs.size);
  out.bytes(runs.taken());
}
