import { FormatError } from '../errors.js';
import { slotsPerItem } from './dtype.js';
import { float16ToNumber } from './float16.js';
import { isNDArray, NDArray, sizeOfShape } from './nd-array.js';
import { toCOrder } from './slice.js';
import { Tagged } from './tagged.js';
import type { Value } from './value.js';

/** One element by its index in C order (in the array's own order where it is `F`): number, bigint, boolean, … */
export function elementAt(array: NDArray, index: number): Value {
  if (slotsPerItem(array.dtype) === 2) {
    const pair = array.data as Float64Array | Float32Array;
    return new Tagged('complex', [pair[2 * index]!, pair[2 * index + 1]!]);
  }
  const item = array.data[index] as Value;
  if (array.dtype === 'bool') return item !== 0;
  if (array.dtype === 'float16') return float16ToNumber(item as number);
  return item;
}

/** Nested lists, as Python's `tolist` gives them. A 0-d array gives its element. */
export function toNested(array: NDArray): Value {
  const flat = toCOrder(array);
  let at = 0;
  const build = (axis: number): Value => {
    if (axis === flat.shape.length) return elementAt(flat, at++);
    return Array.from({ length: flat.shape[axis]! }, () => build(axis + 1));
  };
  return build(0);
}

/**
 * An array from rectangular nested lists: float64 of numbers, int64 of bigints, bool, or string.
 *
 * @throws FormatError `unsupported` when the lists are ragged, mixed or empty in a way that hides the shape
 */
export function fromNested(lists: readonly Value[], path = ''): NDArray {
  const shape: number[] = [];
  for (let level: Value = lists; Array.isArray(level); level = level[0] as Value) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  const flat: Value[] = [];
  const walk = (value: Value, axis: number): void => {
    if (axis === shape.length) {
      if (Array.isArray(value)) throw ragged(path, shape);
      flat.push(value);
      return;
    }
    if (!Array.isArray(value) || value.length !== shape[axis]) throw ragged(path, shape);
    for (const item of value) walk(item as Value, axis + 1);
  };
  walk(lists, 0);
  return ofFlat(flat, shape, path);
}

/** An array around one element: the 0-d form of a number, bigint, boolean or string; undefined for the rest. */
export function scalarArray(value: Value): NDArray | undefined {
  if (typeof value === 'number')
    return new NDArray({ dtype: 'float64', shape: [], data: Float64Array.of(value) });
  if (typeof value === 'string') return new NDArray({ dtype: 'string', shape: [], data: [value] });
  if (typeof value === 'boolean')
    return new NDArray({ dtype: 'bool', shape: [], data: Uint8Array.of(value ? 1 : 0) });
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) === value) {
    return new NDArray({ dtype: 'int64', shape: [], data: BigInt64Array.of(value) });
  }
  return isNDArray(value) && value.shape.length === 0 ? value : undefined;
}

function ofFlat(flat: readonly Value[], shape: readonly number[], path: string): NDArray {
  if (sizeOfShape(shape) === 0 || flat.every((item) => typeof item === 'number')) {
    return new NDArray({ dtype: 'float64', shape, data: Float64Array.from(flat as number[]) });
  }
  if (flat.every((item) => typeof item === 'bigint' && BigInt.asIntN(64, item) === item)) {
    return new NDArray({ dtype: 'int64', shape, data: BigInt64Array.from(flat as bigint[]) });
  }
  if (flat.every((item) => typeof item === 'boolean')) {
    return new NDArray({ dtype: 'bool', shape, data: Uint8Array.from(flat as boolean[], Number) });
  }
  if (flat.every((item) => typeof item === 'string'))
    return new NDArray({ dtype: 'string', shape, data: flat as string[] });
  throw new FormatError(
    'unsupported',
    `make array of nested lists at '${path}': elements are of several kinds`,
    { path },
  );
}

function ragged(path: string, shape: readonly number[]): FormatError {
  return new FormatError(
    'unsupported',
    `make array of nested lists at '${path}': not of one shape [${shape}]`,
    { path },
  );
}
