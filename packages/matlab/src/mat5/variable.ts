import type { Value } from '@formatlab/core';
import { corrupt } from '../fault.js';
import { MI, TAG_BYTES } from './constants.js';
import { MatrixReader, type MatrixWork } from './decode-matrix.js';
import { cut, type Element, type Input, inputOf, readElement } from './element.js';
import { type MatrixHead, pathOfName, readHead } from './head.js';
import { inflate, inflateHead } from './zlib.js';

/** The code tables of a deflate block take up to 320 bytes; the tag stands behind them. */
const DEFLATE_HEAD = 512;

export interface Variable {
  readonly head: MatrixHead;
  /** Decodes it. */
  value(): Value;
}

/** The variable that begins at `at`. @throws FormatError `corrupt`, `limit` */
export function readVariable(input: Input, element: Element, work: MatrixWork): Variable {
  const matrix = matrixOf(input, element, work);
  const head = readHead(matrix.input, matrix.at, matrix.end);
  return {
    head,
    value: () => new MatrixReader(matrix.input, work).value(head, matrix.end, pathOfName(head.name)),
  };
}

/**
 * The head of a variable of which only the first bytes are at hand; undefined when they are too few.
 *
 * @throws FormatError `corrupt`
 */
export function readVariableHead(first: Uint8Array, little: boolean, base: number): MatrixHead | undefined {
  const outer = inputOf(first, little, base);
  const type = outer.view.getUint32(0, little);
  let inner = first;
  if (type === MI.compressed) inner = inflateHead(first.subarray(TAG_BYTES), base);
  else if (type !== MI.matrix) throw cut(outer, 0, `data type ${type}, a variable is wanted`);
  if (inner.byteLength < TAG_BYTES) return undefined;
  const input = inputOf(inner, little, base);
  const innerType = input.view.getUint32(0, little);
  if (innerType !== MI.matrix) throw cut(input, 0, `data type ${innerType}, an array is wanted`);
  const length = input.view.getUint32(4, little);
  const end = Math.min(inner.byteLength, TAG_BYTES + length);
  try {
    return readHead(input, TAG_BYTES, end);
  } catch (error) {
    // A long name or many dimensions: the whole is read then, and says what is wrong with it.
    if (end === inner.byteLength) return undefined;
    throw error;
  }
}

function matrixOf(
  input: Input,
  element: Element,
  work: MatrixWork,
): { readonly input: Input; readonly at: number; readonly end: number } {
  if (element.type === MI.matrix) return { input, at: element.at, end: element.at + element.length };
  const offset = input.base + element.at - TAG_BYTES;
  if (element.type !== MI.compressed)
    throw corrupt(`MAT element at byte ${offset}`, `data type ${element.type}, a variable is wanted`, offset);
  const packed = input.bytes.subarray(element.at, element.at + element.length);
  const first = inflateHead(packed.subarray(0, DEFLATE_HEAD), offset);
  if (first.byteLength < TAG_BYTES)
    throw corrupt(`compressed element at byte ${offset}`, 'it holds no array', offset);
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const size = TAG_BYTES + view.getUint32(4, input.little);
  // Deflate gives no more than 1032 bytes for one.
  if (size > packed.byteLength * 1040 + 64)
    throw corrupt(
      `compressed element at byte ${offset}`,
      `it claims ${size} bytes, more than deflate can give`,
      offset,
    );
  work.budget.takeBytes(size, `compressed variable at byte ${offset}`);
  const inflated = inflate(packed, size, offset);
  if (inflated.byteLength !== size)
    throw corrupt(
      `compressed element at byte ${offset}`,
      `it inflates to ${inflated.byteLength} of ${size} bytes`,
      offset,
    );
  const inner = inputOf(inflated, input.little, offset);
  const matrix = readElement(inner, 0, size);
  if (matrix.type !== MI.matrix) throw cut(inner, 0, `data type ${matrix.type}, an array is wanted`);
  return { input: inner, at: matrix.at, end: matrix.at + matrix.length };
}
