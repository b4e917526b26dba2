import { bitWidthOf } from '../encoding/hybrid.js';
import { type ColumnData, physicalSize } from '../encoding/load.js';
import type { Leaf } from '../schema/tree.js';

/** Distinct values of a chunk and, for each value, which of them it is. */
export interface Indexed {
  /** Positions in the data of the distinct values, in order of appearance. */
  readonly firsts: Int32Array;
  readonly indices: Int32Array;
}

/** Values looked at before the whole column is. */
const SAMPLE = 512;
/** With more distinct values than this part of the sample a dictionary would not pay. */
const WORTHWHILE = 0.5;
/** More distinct values make a dictionary that readers have to hold in memory for little gain. */
const MOST_DISTINCT = 65_536;

/**
 * The dictionary of a chunk, or undefined where plain values are about as small. `forced` makes one in any case.
 * Fixed values are compared by their bits, so that -0 and NaNs stay what they are.
 */
export function indexValues(
  leaf: Leaf,
  data: ColumnData,
  fixed: Uint8Array | undefined,
  count: number,
  forced: boolean,
): Indexed | undefined {
  if (leaf.physical === 'BOOLEAN' || count === 0) return undefined;
  const size = physicalSize(leaf);
  if (size !== 0 && size !== 4 && size !== 8) return undefined;
  const keys = fixed === undefined ? keysOf(leaf, data) : undefined;
  if (!forced && !looksRepetitive(fixed, size, keys, count)) return undefined;
  const most = forced ? count : Math.min(MOST_DISTINCT, Math.ceil(count * WORTHWHILE));
  const indexed =
    keys === undefined ? indexWords(wordsOf(fixed!), size / 4, count, most) : indexKeys(keys, count, most);
  if (indexed === undefined || forced || keys !== undefined) return indexed;
  const distinct = indexed.firsts.length;
  const packed = (count * bitWidthOf(distinct - 1)) / 8 + distinct * size;
  return packed < count * size * WORTHWHILE ? indexed : undefined;
}

/** What tells values of variable size apart. */
function keysOf(leaf: Leaf, data: ColumnData): (index: number) => unknown {
  if (leaf.kind.load !== 'bytes') return (index) => data[index];
  const bytes = data as unknown as readonly Uint8Array[];
  return (index) =>
    String.fromCharCode(...bytes[index]!.subarray(0, LONGEST_KEY)) +
    (bytes[index]!.byteLength > LONGEST_KEY ? `…${index}` : '');
}

/** Longer bytes are taken to be distinct. */
const LONGEST_KEY = 256;

function looksRepetitive(
  fixed: Uint8Array | undefined,
  size: number,
  keys: ((index: number) => unknown) | undefined,
  count: number,
): boolean {
  const seen = new Set<unknown>();
  const step = Math.max(1, Math.floor(count / SAMPLE));
  const words = fixed === undefined ? undefined : wordsOf(fixed);
  let looked = 0;
  for (let i = 0; i < count && looked < SAMPLE; i += step, looked++) {
    if (keys !== undefined) seen.add(keys(i));
    else seen.add(size === 4 ? words![i]! : words![2 * i]! * 2 ** 32 + words![2 * i + 1]!);
  }
  return seen.size <= looked * WORTHWHILE;
}

function indexKeys(keys: (index: number) => unknown, count: number, most: number): Indexed | undefined {
  const known = new Map<unknown, number>();
  const firsts: number[] = [];
  const indices = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    const key = keys(i);
    let index = known.get(key);
    if (index === undefined) {
      index = firsts.length;
      if (index >= most) return undefined;
      known.set(key, index);
      firsts.push(i);
    }
    indices[i] = index;
  }
  return { firsts: Int32Array.from(firsts), indices };
}

/** A hash table with open addressing over values of one or two words. */
function indexWords(words: Int32Array, width: number, count: number, most: number): Indexed | undefined {
  let bits = 10;
  let slots = new Int32Array(1 << bits).fill(-1);
  const firsts: number[] = [];
  const indices = new Int32Array(count);
  const slotOf = (value: number): number => {
    const high = width === 2 ? words[2 * value + 1]! : 0;
    const low = words[width * value]!;
    let slot = Math.imul(low ^ Math.imul(high, 0x9e3779b1), 0x85ebca6b) >>> (32 - bits);
    for (;;) {
      const index = slots[slot]!;
      if (index < 0) return slot;
      const first = firsts[index]!;
      if (words[width * first] === low && (width === 1 || words[2 * first + 1] === high)) return slot;
      slot = (slot + 1) & ((1 << bits) - 1);
    }
  };
  for (let i = 0; i < count; i++) {
    const slot = slotOf(i);
    let index = slots[slot]!;
    if (index < 0) {
      index = firsts.length;
      if (index >= most) return undefined;
      slots[slot] = index;
      firsts.push(i);
      if (firsts.length * 2 > slots.length) {
        bits++;
        slots = new Int32Array(1 << bits).fill(-1);
        for (let known = 0; known < firsts.length; known++) slots[slotOf(firsts[known]!)] = known;
      }
    }
    indices[i] = index;
  }
  return { firsts: Int32Array.from(firsts), indices };
}

function wordsOf(fixed: Uint8Array): Int32Array {
  // What is viewed are whole typed arrays of 4 or 8 bytes an element.
  const home = fixed.byteOffset % 4 === 0 ? fixed : new Uint8Array(fixed);
  return new Int32Array(home.buffer, home.byteOffset, home.byteLength >> 2);
}
