import { type DataOf, NDArray, Tagged, type Value } from '@formatlab/core';
import { MI } from './constants.js';
import { cut, type Input, readElement } from './element.js';
import type { MatrixHead } from './head.js';
import { interleaved, readNumbers, truths, type Work } from './numbers.js';

/** A sparse matrix as its compressed columns, by the names that SciPy has for them. */
export function sparseValue(
  shape: readonly number[],
  indices: Int32Array,
  indptr: Int32Array,
  data: NDArray,
): Tagged {
  return new Tagged('sparse', {
    shape: [...shape],
    indices: new NDArray({ dtype: 'int32', shape: [indices.length], data: indices }),
    indptr: new NDArray({ dtype: 'int32', shape: [indptr.length], data: indptr }),
    data,
  });
}

/** @throws FormatError `corrupt` for row numbers and column starts that are none */
export function readSparse(input: Input, head: MatrixHead, end: number, work: Work, path: string): Value {
  const [rows = 0, columns = 0] = head.dims;
  if (head.dims.length !== 2) throw cut(input, head.next, `a sparse array of ${head.dims.length} dimensions`);
  const rowElement = readElement(input, head.next, end);
  const columnElement = readElement(input, rowElement.next, end);
  const starts = readNumbers(input, columnElement, 'int32', columns + 1, work, path);
  const count = starts[columns] ?? 0;
  const stored = rowElement.length / 4;
  if (starts[0] !== 0 || count > stored || starts.some((start, i) => i > 0 && start < starts[i - 1]!))
    throw cut(input, columnElement.at, 'column starts that do not rise');
  const indices = readNumbers(input, rowElement, 'int32', stored, work, path).subarray(0, count);
  if (indices.some((row) => row < 0 || row >= rows))
    throw cut(input, rowElement.at, `row numbers that do not lie in 0 … ${rows - 1}`);
  const real = readElement(input, columnElement.next, end);
  const data = head.complex
    ? complexData(input, real, end, count, work, path)
    : realData(input, real, head.logical, count, work, path);
  return sparseValue([rows, columns], indices, starts, data);
}

function realData(
  input: Input,
  element: ReturnType<typeof readElement>,
  logical: boolean,
  count: number,
  work: Work,
  path: string,
): NDArray {
  if (!logical) {
    const data = firstOf(input, element, count, work, path);
    return new NDArray({ dtype: 'float64', shape: [count], data });
  }
  // MATLAB writes one byte an element and may call it double all the same.
  const bytes = element.length === count ? { ...element, type: MI.uint8 } : element;
  const data = Uint8Array.from(firstOf(input, bytes, count, work, path), (number) => (number === 0 ? 0 : 1));
  return new NDArray({ dtype: 'bool', shape: [count], data: truths(data) });
}

function complexData(
  input: Input,
  real: ReturnType<typeof readElement>,
  end: number,
  count: number,
  work: Work,
  path: string,
): NDArray {
  const imaginary = readElement(input, real.next, end);
  const data: DataOf<'complex128' | 'complex64'> = interleaved(
    'complex128',
    firstOf(input, real, count, work, path),
    firstOf(input, imaginary, count, work, path),
  );
  return new NDArray({ dtype: 'complex128', shape: [count], data: data as Float64Array });
}

/** There may be room for more elements than are used (nzmax). */
function firstOf(
  input: Input,
  element: ReturnType<typeof readElement>,
  count: number,
  work: Work,
  path: string,
): Float64Array {
  const size = SIZES[element.type] ?? 8;
  const stored = Math.floor(element.length / size);
  if (stored < count) throw cut(input, element.at, `${stored} numbers, ${count} are wanted`);
  return readNumbers(input, element, 'float64', stored, work, path).subarray(0, count);
}

const SIZES: Readonly<Record<number, number>> = {
  1: 1,
  2: 1,
  3: 2,
  4: 2,
  5: 4,
  6: 4,
  7: 4,
  9: 8,
  12: 8,
  13: 8,
};
