import type { ColumnData } from '../encoding/load.js';
import type { Leaf } from '../schema/tree.js';
import type { ThriftWriter } from '../thrift/encode.js';

/** Bounds of a chunk as PLAIN bytes. */
export interface Bounds {
  readonly least: Uint8Array;
  readonly most: Uint8Array;
}

/** Bounds of numbers and times, by which queries skip row groups; undefined where the order is not of numbers. */
export function boundsOf(
  leaf: Leaf,
  data: ColumnData,
  fixed: Uint8Array | undefined,
  count: number,
): Bounds | undefined {
  if (
    count === 0 ||
    fixed === undefined ||
    leaf.physical === 'FIXED_LEN_BYTE_ARRAY' ||
    leaf.physical === 'INT96'
  )
    return undefined;
  const size = leaf.physical === 'INT32' || leaf.physical === 'FLOAT' ? 4 : 8;
  const { dtype } = leaf.kind.type;
  const at =
    dtype === 'float32' || dtype === 'float64'
      ? floatBounds(data as Float64Array, count)
      : size === 4
        ? smallBounds(data as Int32Array, count)
        : wideBounds(new Int32Array(fixed.buffer, fixed.byteOffset, count * 2), count, dtype === 'uint64');
  if (at === undefined) return undefined;
  const value = (index: number): Uint8Array => fixed.slice(index * size, (index + 1) * size);
  const bounds = { least: value(at[0]), most: value(at[1]) };
  if (leaf.physical === 'INT32' || leaf.physical === 'INT64') return bounds;
  // Zero is written as the one that no zero lies beyond (format, "Statistics").
  if (isZero(bounds.least)) bounds.least[size - 1] = 0x80;
  if (isZero(bounds.most)) bounds.most[size - 1] = 0;
  return bounds;
}

export function encodeStatistics(
  writer: ThriftWriter,
  id: number,
  nulls: number,
  bounds: Bounds | undefined,
): void {
  writer.struct(id, () => {
    writer.i64(3, nulls);
    if (bounds === undefined) return;
    writer.binary(5, bounds.most);
    writer.binary(6, bounds.least);
  });
}

type Positions = readonly [least: number, most: number];

/** NaNs are left out, as the specification asks. */
function floatBounds(data: Float64Array | Float32Array, count: number): Positions | undefined {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let leastAt = -1;
  let mostAt = -1;
  for (let i = 0; i < count; i++) {
    const value = data[i]!;
    if (value < least || (leastAt < 0 && value === least)) {
      least = value;
      leastAt = i;
    }
    if (value > most || (mostAt < 0 && value === most)) {
      most = value;
      mostAt = i;
    }
  }
  return leastAt < 0 ? undefined : [leastAt, mostAt];
}

function smallBounds(data: { readonly [index: number]: number | bigint }, count: number): Positions {
  let least = 0;
  let most = 0;
  for (let i = 1; i < count; i++) {
    if (data[i]! < data[least]!) least = i;
    if (data[i]! > data[most]!) most = i;
  }
  return [least, most];
}

/** 64-bit integers by their words: comparing bigints takes several times as long. */
function wideBounds(words: Int32Array, count: number, unsigned: boolean): Positions {
  const flip = unsigned ? -(2 ** 31) : 0;
  let least = 0;
  let most = 0;
  let leastHigh = words[1]! ^ flip;
  let leastLow = words[0]! >>> 0;
  let mostHigh = leastHigh;
  let mostLow = leastLow;
  for (let i = 1, at = 2; i < count; i++, at += 2) {
    const high = words[at + 1]! ^ flip;
    const low = words[at]! >>> 0;
    if (high < leastHigh || (high === leastHigh && low < leastLow)) {
      least = i;
      leastHigh = high;
      leastLow = low;
    } else if (high > mostHigh || (high === mostHigh && low > mostLow)) {
      most = i;
      mostHigh = high;
      mostLow = low;
    }
  }
  return [least, most];
}

function isZero(bytes: Uint8Array): boolean {
  return bytes.every((byte, i) => (i === bytes.length - 1 ? byte === 0 || byte === 0x80 : byte === 0));
}
