import { isNDArray, NDArray, newRecord, type Value } from '@formatlab/core';
import { type ArrayOutline, arraysOfOutline, type OutlineOf } from './outline.js';

/** An array under the name that libraries store it by. */
export interface NamedArray {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** One array, or the arrays of a record. @throws TypeError for other values */
export function namedArrays(value: Value): readonly NamedArray[] {
  const entries = isNDArray(value) ? [['data', value] as const] : Object.entries(value as object);
  return entries.map(([name, array]: readonly [string, unknown]) => namedArray(name, array));
}

export function namedArray(name: string, array: unknown): NamedArray {
  if (!isNDArray(array) || !(array.data instanceof Float64Array))
    throw new TypeError(`give '${name}' to a peer: it is no array of float64`);
  return { name, shape: array.shape, data: array.data };
}

export function float64Array(data: Float64Array, shape: readonly number[]): NDArray {
  return new NDArray({ dtype: 'float64', shape: [...shape], data });
}

/** What was found for each array of the outline, as the value was: one array, or a record of them. */
export function valueOfArrays(outline: OutlineOf<'array' | 'arrays'>, found: readonly Float64Array[]): Value {
  const arrays = arraysOfOutline(outline).map(({ shape }, i) => float64Array(found[i]!, shape));
  if (outline.kind === 'array') return arrays[0]!;
  const record = newRecord();
  for (const [i, { name }] of outline.arrays.entries()) record[name] = arrays[i]!;
  return record;
}

export function shapeOfName(outline: OutlineOf<'array' | 'arrays'>, name: string): readonly number[] {
  const found = arraysOfOutline(outline).find((array: ArrayOutline) => array.name === name);
  if (found === undefined) throw new RangeError(`read '${name}': there is no such array`);
  return found.shape;
}

/** The bytes of an array, without a copy. */
export function bytesOfArray({ buffer, byteOffset, byteLength }: Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** An array of bytes that lie wherever a library put them: a copy only where they are not aligned. */
export function float64OfBytes({ buffer, byteOffset, byteLength }: Uint8Array): Float64Array {
  if (byteOffset % Float64Array.BYTES_PER_ELEMENT === 0)
    return new Float64Array(buffer, byteOffset, byteLength / Float64Array.BYTES_PER_ELEMENT);
  return new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
}

/** One array from nested lists of two dimensions. */
export function flattened(rows: readonly (readonly number[])[], shape: readonly number[]): Float64Array {
  const numbers = new Float64Array(shape.reduce((product, length) => product * length, 1));
  let at = 0;
  for (const row of rows) for (const number of row) numbers[at++] = number;
  return numbers;
}
