import { NDArray, sizeOfShape, type Value } from '@formatlab/core';
import type { FloatMarks } from '../parse/nodes.js';

const MOST_RANK = 32;
const LEAST_INT64 = -(2n ** 63n);
const MOST_INT64 = 2n ** 63n - 1n;

/**
 * Rectangular lists of numbers as an array: int64 where all are integers, float64 where one is written as a float.
 * Undefined for others, and where float64 would round an integer.
 */
export function arrayOfLists(list: readonly Value[], marks: FloatMarks): NDArray | undefined {
  const shape = shapeOf(list);
  if (shape === undefined) return undefined;
  const found = { float: false, wide: false };
  if (!look(list, shape, 0, marks, found) || (found.float && found.wide)) return undefined;
  const size = sizeOfShape(shape);
  if (found.float) {
    const data = new Float64Array(size);
    fill(list, shape.length, (value, at) => {
      data[at] = Number(value);
    });
    return new NDArray({ dtype: 'float64', shape, data });
  }
  const data = new BigInt64Array(size);
  fill(list, shape.length, (value, at) => {
    data[at] = BigInt(value);
  });
  return new NDArray({ dtype: 'int64', shape, data });
}

/** Lengths of the lists that come first; undefined for an empty one. */
function shapeOf(list: readonly Value[]): number[] | undefined {
  const shape: number[] = [];
  let value: Value = list;
  while (Array.isArray(value)) {
    const { length } = value as readonly Value[];
    if (length === 0 || shape.length === MOST_RANK) return undefined;
    shape.push(length);
    value = value[0] as Value;
  }
  return shape;
}

/** Whether all lists have this shape and hold numbers alone, and of which kinds. */
function look(
  list: readonly Value[],
  shape: readonly number[],
  level: number,
  marks: FloatMarks,
  found: { float: boolean; wide: boolean },
): boolean {
  if (list.length !== shape[level]) return false;
  if (level < shape.length - 1)
    return list.every((item) => Array.isArray(item) && look(item, shape, level + 1, marks, found));
  if (marks.inList(list)) found.float = true;
  for (const item of list) {
    if (typeof item === 'number') {
      if (!Number.isSafeInteger(item) || Object.is(item, -0)) found.float = true;
    } else if (typeof item === 'bigint') {
      if (item < LEAST_INT64 || item > MOST_INT64) return false;
      found.wide = true;
    } else return false;
  }
  return true;
}

function fill(list: readonly Value[], rank: number, put: (value: number | bigint, at: number) => void): void {
  let at = 0;
  const walk = (items: readonly Value[], level: number): void => {
    // Checked before: lists down to the last level, numbers there.
    if (level === rank - 1) for (const item of items) put(item as number | bigint, at++);
    else for (const item of items) walk(item as readonly Value[], level + 1);
  };
  walk(list, 0);
}
