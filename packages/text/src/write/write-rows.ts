import { formatFloat64, formatInteger, MAX_FLOAT_LENGTH, type NDArray } from '@formatlab/core';
import type { Chunks } from './chunks.js';

/** Integers below this in magnitude are written from their double. */
const MOST_EXACT = 1e15;
const MOST_INT64_LENGTH = 20;
const COMPLEX_EXTRA = 5;
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;

/** Writes rows of the shortest texts that read back exactly. @param newline LF, or CR and LF */
export function writeRows(
  array: NDArray,
  rows: number,
  columns: number,
  separator: number,
  crlf: boolean,
  chunks: Chunks,
): void {
  if (array.dtype === 'int64')
    writeIntegers(array.data as BigInt64Array, rows, columns, separator, crlf, chunks);
  else if (array.dtype === 'complex128')
    writeComplex(array.data as Float64Array, rows, columns, separator, crlf, chunks);
  else writeFloats(array.data as Float64Array, rows, columns, separator, crlf, chunks);
}

function writeFloats(
  data: Float64Array,
  rows: number,
  columns: number,
  separator: number,
  crlf: boolean,
  chunks: Chunks,
): void {
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      chunks.ensure(MAX_FLOAT_LENGTH + 3);
      const { out } = chunks;
      if (column > 0) out[chunks.at++] = separator;
      chunks.at = formatFloat64(data, index++, out, chunks.at);
    }
    endRow(chunks, crlf);
  }
}

function writeIntegers(
  data: BigInt64Array,
  rows: number,
  columns: number,
  separator: number,
  crlf: boolean,
  chunks: Chunks,
): void {
  const words = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, index++) {
      chunks.ensure(MOST_INT64_LENGTH + 3);
      if (column > 0) chunks.out[chunks.at++] = separator;
      const value = words[2 * index + 1 - LOW]! * 2 ** 32 + (words[2 * index + LOW]! >>> 0);
      if (value < MOST_EXACT && value > -MOST_EXACT) chunks.at = formatInteger(value, chunks.out, chunks.at);
      else putAscii(chunks, String(data[index]!));
    }
    endRow(chunks, crlf);
  }
}

/** ` (1.0-2.0j)`, as savetxt writes it. */
function writeComplex(
  data: Float64Array,
  rows: number,
  columns: number,
  separator: number,
  crlf: boolean,
  chunks: Chunks,
): void {
  let index = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      chunks.ensure(2 * MAX_FLOAT_LENGTH + COMPLEX_EXTRA + 3);
      const { out } = chunks;
      if (column > 0) out[chunks.at++] = separator;
      putAscii(chunks, ' (');
      chunks.at = formatFloat64(data, index++, out, chunks.at);
      const imaginary = data[index]!;
      if (!(imaginary < 0) && !Object.is(imaginary, -0)) putAscii(chunks, '+');
      chunks.at = formatFloat64(data, index++, out, chunks.at);
      putAscii(chunks, 'j)');
    }
    endRow(chunks, crlf);
  }
}

function endRow(chunks: Chunks, crlf: boolean): void {
  chunks.ensure(2);
  if (crlf) chunks.out[chunks.at++] = 0x0d;
  chunks.out[chunks.at++] = 0x0a;
}

/** @pre there is room */
function putAscii(chunks: Chunks, text: string): void {
  for (let i = 0; i < text.length; i++) chunks.out[chunks.at++] = text.charCodeAt(i);
}
