import { allocateData, type DataOf, type DType, slotsPerItem } from '@formatlab/core';

/** Columns at once: 64 cache lines of the input stay in the first-level cache while they are turned. */
const BLOCK = 64;

type Slots = { readonly length: number; [index: number]: number };

/**
 * Column-major data in row-major order, as a copy; the data itself where both orders are the same. To turn the
 * other way, give the shape backwards.
 */
export function turned<D extends DType>(dtype: D, data: DataOf<D>, shape: readonly number[]): DataOf<D> {
  const long = shape.filter((length) => length !== 1);
  if (long.length < 2 || long.includes(0)) return data;
  const size = long.reduce((product, length) => product * length, 1);
  const out = allocateData(dtype, size);
  const slots = slotsPerItem(dtype);
  // BigInts would be made and dropped for each element: halves of 32 bits are not.
  const halves = data instanceof BigInt64Array || data instanceof BigUint64Array;
  const from = halves ? new Uint32Array(data.buffer, data.byteOffset, 2 * data.length) : data;
  const held = out as unknown as BigInt64Array;
  const to = halves ? new Uint32Array(held.buffer, held.byteOffset, 2 * held.length) : out;
  // One loop for typed and plain arrays: both are read and written by index.
  const [input, output] = [from as unknown as Slots, to as unknown as Slots];
  if (slots === 2 || halves) turnAll(input, output, long, turnPairs);
  else turnAll(input, output, long, turnBlocks);
  return out;
}

type TurnPlane = (
  from: Slots,
  to: Slots,
  rows: number,
  columns: number,
  fromBase: number,
  toBase: number,
  fromStride: number,
  toStride: number,
) => void;

/** First and last dimension change places, plane by plane over those between. */
function turnAll(from: Slots, to: Slots, shape: readonly number[], plane: TurnPlane): void {
  const last = shape.length - 1;
  const rows = shape[0]!;
  const columns = shape[last]!;
  const fromStrides: number[] = [];
  const toStrides = new Array<number>(shape.length);
  let stride = 1;
  for (const length of shape) {
    fromStrides.push(stride);
    stride *= length;
  }
  stride = 1;
  for (let axis = last; axis >= 0; axis--) {
    toStrides[axis] = stride;
    stride *= shape[axis]!;
  }
  const walk = (axis: number, fromBase: number, toBase: number): void => {
    if (axis === last) {
      plane(from, to, rows, columns, fromBase, toBase, fromStrides[last]!, toStrides[0]!);
      return;
    }
    for (let i = 0; i < shape[axis]!; i++)
      walk(axis + 1, fromBase + i * fromStrides[axis]!, toBase + i * toStrides[axis]!);
  };
  walk(1, 0, 0);
}

/** Eight rows at once: each cache line of the input is used up before the next. */
const turnBlocks: TurnPlane = (from, to, rows, columns, fromBase, toBase, fromStride, toStride) => {
  const whole = rows - (rows % 8);
  for (let column0 = 0; column0 < columns; column0 += BLOCK) {
    const width = Math.min(BLOCK, columns - column0);
    for (let row = 0; row < rows; row += row < whole ? 8 : 1) {
      let source = fromBase + row + column0 * fromStride;
      const start = toBase + row * toStride + column0;
      if (row >= whole) {
        for (let k = 0; k < width; k++, source += fromStride) to[start + k] = from[source]!;
        continue;
      }
      for (let k = 0; k < width; k++, source += fromStride) {
        let at = start + k;
        to[at] = from[source]!;
        at += toStride;
        to[at] = from[source + 1]!;
        at += toStride;
        to[at] = from[source + 2]!;
        at += toStride;
        to[at] = from[source + 3]!;
        at += toStride;
        to[at] = from[source + 4]!;
        at += toStride;
        to[at] = from[source + 5]!;
        at += toStride;
        to[at] = from[source + 6]!;
        at += toStride;
        to[at] = from[source + 7]!;
      }
    }
  }
};

/** Elements of two slots: complex numbers and halves of 64-bit integers. */
const turnPairs: TurnPlane = (from, to, rows, columns, fromBase, toBase, fromStride, toStride) => {
  for (let row0 = 0; row0 < rows; row0 += BLOCK) {
    const rowEnd = Math.min(rows, row0 + BLOCK);
    for (let column0 = 0; column0 < columns; column0 += BLOCK) {
      const columnEnd = Math.min(columns, column0 + BLOCK);
      for (let row = row0; row < rowEnd; row++) {
        let at = 2 * (toBase + row * toStride + column0);
        let source = 2 * (fromBase + row + column0 * fromStride);
        for (let column = column0; column < columnEnd; column++) {
          to[at++] = from[source]!;
          to[at++] = from[source + 1]!;
          source += 2 * fromStride;
        }
      }
    }
  }
};
