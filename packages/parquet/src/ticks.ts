import { type Column, type ColumnType, isNDArray } from '@formatlab/core';
import { MS_PER_UNIT } from './notes.js';
import type { Ticks } from './schema/plan-element.js';

const PLAIN: Ticks = { raw: false, nat: false };
/** Words of NaT, the smallest int64. */
const NAT_HIGH = -(2 ** 31);

/** How the times of a column can be kept so that each comes back: looks at all of them. */
export function ticksOf(column: Column): Ticks {
  const { type, values, valid } = column;
  if (
    type.kind !== 'scalar' ||
    !isNDArray(values) ||
    (type.dtype !== 'datetime64' && type.dtype !== 'timedelta64')
  )
    return PLAIN;
  const block = values.shape.length > 1;
  // Both dtypes are held in a BigInt64Array.
  const words = wordsOf(values.data as BigInt64Array);
  const nat = hasNat(words, valid);
  // Where nulls are in use already, or have no place, NaT can only stay the number it is.
  const asNull = nat && !type.nullable && !block;
  const kept = nat && !asNull && isBounded(type);
  return { raw: kept || !fits(words, type, valid, asNull), nat: asNull };
}

/** Units whose ticks are kept as fewer or larger numbers, where NaT has no room. */
function isBounded(type: ColumnType): boolean {
  return (
    type.kind === 'scalar' &&
    type.dtype === 'datetime64' &&
    type.unit !== undefined &&
    (type.unit === 'D' || type.unit in MS_PER_UNIT)
  );
}

function fits(
  words: Int32Array,
  type: ColumnType,
  valid: Uint8Array | undefined,
  natIsNull: boolean,
): boolean {
  if (type.kind !== 'scalar' || !isBounded(type)) return true;
  const factor = MS_PER_UNIT[type.unit!];
  // Dates have 32 bits: the high word is the sign. Others are multiplied, and stay far from the end.
  const most = factor === undefined ? 0 : Math.floor(2 ** 31 / factor) - 2;
  for (let i = 0, at = 0; at < words.length; i++, at += 2) {
    const low = words[at]!;
    const high = words[at + 1]!;
    if (factor === undefined ? high === low >> 31 : high <= most && high >= -most) continue;
    if (valid?.[i] === 0 || (natIsNull && low === 0 && high === NAT_HIGH)) continue;
    return false;
  }
  return true;
}

function hasNat(words: Int32Array, valid: Uint8Array | undefined): boolean {
  for (let at = 0; at < words.length; at += 2) {
    if (words[at + 1] === NAT_HIGH && words[at] === 0 && valid?.[at / 2] !== 0) return true;
  }
  return false;
}

/** One byte a tick, 0 for NaT. */
export function validOfNat(data: BigInt64Array): Uint8Array {
  const words = wordsOf(data);
  const valid = new Uint8Array(data.length);
  for (let i = 0, at = 0; i < valid.length; i++, at += 2)
    valid[i] = words[at + 1] === NAT_HIGH && words[at] === 0 ? 0 : 1;
  return valid;
}

/** Low and high words in turn; all platforms that JavaScript runs on are little-endian. */
function wordsOf(data: BigInt64Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, data.length * 2);
}
