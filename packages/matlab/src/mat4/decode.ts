import { type DType, itemSize, NDArray, newRecord, type Value, viewData } from '@formatlab/core';
import { corrupt, unsupported } from '../fault.js';
import type { MatrixWork } from '../mat5/decode-matrix.js';
import { type Input, inputOf } from '../mat5/element.js';
import { interleaved, ordered } from '../mat5/numbers.js';
import { sparseValue } from '../mat5/sparse.js';
import { rowsOfText, textOfUnits } from '../mat5/text.js';
import { turned } from '../turn.js';

/** Five int32: type, rows, columns, imaginary flag, length of the name (MAT-File Format, level 4). */
const HEADER_BYTES = 20;
const MOST_TYPE = 5000;
const PRECISIONS: readonly DType[] = ['float64', 'float32', 'int32', 'int16', 'uint16', 'uint8'];
const MACHINES = ['little-endian', 'big-endian', 'VAX D-float', 'VAX G-float', 'Cray'];

interface Header {
  readonly machine: number;
  readonly dtype: DType;
  /** 0 numbers, 1 text, 2 sparse. */
  readonly kind: number;
  readonly rows: number;
  readonly columns: number;
  readonly complex: boolean;
  readonly nameLength: number;
}

/** Whether the first header makes sense in one of the byte orders: there is no magic number. */
export function startsAsMat4(bytes: Uint8Array): boolean {
  if (bytes.byteLength < HEADER_BYTES) return false;
  return [true, false].some((little) => readHeader(inputOf(bytes, little, 0), 0) !== undefined);
}

/** The variables of a file of version 4. Numbers keep the type they are stored in. @throws FormatError `corrupt`, `unsupported` */
export function decodeMat4(bytes: Uint8Array, work: MatrixWork): Value {
  const record = newRecord();
  for (let at = 0; at < bytes.byteLength; ) {
    if (bytes.byteLength - at < HEADER_BYTES)
      throw corrupt(
        `MAT 4 variable at byte ${at}`,
        `a header does not fit in ${bytes.byteLength - at} bytes`,
        at,
      );
    work.budget.takeItems(1, 'variable');
    at = decodeVariable(bytes, at, record, work);
  }
  return record;
}

function decodeVariable(
  bytes: Uint8Array,
  at: number,
  record: { [name: string]: Value },
  work: MatrixWork,
): number {
  const little = inputOf(bytes, true, 0);
  const input = readHeader(little, at) === undefined ? inputOf(bytes, false, 0) : little;
  const header = readHeader(input, at);
  if (header === undefined) throw corrupt(`MAT 4 variable at byte ${at}`, 'its header makes no sense', at);
  if (header.machine > 1)
    throw unsupported(
      `read MAT 4 numbers of ${MACHINES[header.machine]}`,
      'no reader for them',
      undefined,
      'number format',
    );
  const nameAt = at + HEADER_BYTES;
  const start = nameAt + header.nameLength;
  const count = header.rows * header.columns;
  const size = count * itemSize(header.dtype) * (header.complex ? 2 : 1);
  if (start + size > bytes.byteLength)
    throw corrupt(
      `MAT 4 variable at byte ${at}`,
      `its ${size} bytes do not fit in ${Math.max(0, bytes.byteLength - start)}`,
      at,
    );
  const name = textOfUnits(bytes.subarray(nameAt, start)).split('\0', 1)[0]!;
  record[name] = valueOf(input, header, start, count, work, at);
  return start + size;
}

function readHeader(input: Input, at: number): Header | undefined {
  const int = (index: number): number => input.view.getInt32(at + 4 * index, input.little);
  const type = int(0);
  if (type < 0 || type >= MOST_TYPE) return undefined;
  const [machine, zero, precision, kind] = [
    Math.floor(type / 1000),
    Math.floor(type / 100) % 10,
    Math.floor(type / 10) % 10,
    type % 10,
  ];
  const dtype = PRECISIONS[precision];
  const [rows, columns, imaginary, nameLength] = [int(1), int(2), int(3), int(4)];
  // 0 means little-endian: read in the other order, it is another number.
  const ordered = machine > 1 || (machine === 0) === input.little;
  const sizes = rows >= 0 && columns >= 0 && (imaginary === 0 || imaginary === 1) && nameLength > 0;
  if (zero !== 0 || dtype === undefined || kind > 2 || !sizes || !ordered || nameLength > 4096)
    return undefined;
  return { machine, dtype, kind, rows, columns, complex: imaginary === 1, nameLength };
}

function valueOf(
  input: Input,
  header: Header,
  at: number,
  count: number,
  work: MatrixWork,
  offset: number,
): Value {
  const { dtype, rows, columns } = header;
  const size = itemSize(dtype);
  const part = (index: number): NDArray['data'] =>
    viewData(
      dtype,
      ordered(input, { at: at + index * count * size, length: count * size }, size, work),
      count,
    );
  const real = part(0);
  if (header.kind === 2) return sparse(real, header, work, offset);
  if (header.kind === 1) return text(real, rows, columns, work);
  const shape = work.squeeze ? [rows, columns].filter((length) => length !== 1) : [rows, columns];
  const array = (type: DType, data: NDArray['data']): NDArray => {
    if (rows === 1 || columns === 1) return new NDArray({ dtype: type, shape, data });
    if (work.order === 'keep') return new NDArray({ dtype: type, shape, data, order: 'F' });
    work.budget.takeBytes(count * 16, 'MAT 4 array');
    return new NDArray({ dtype: type, shape, data: turned(type, data, [rows, columns]) });
  };
  if (!header.complex) return array(dtype, real);
  work.budget.takeBytes(count * 16, 'MAT 4 array');
  const pair = dtype === 'float32' ? 'complex64' : 'complex128';
  return array(pair, interleaved(pair, floatsOf(real), floatsOf(part(1))));
}

function floatsOf(data: NDArray['data']): Float32Array | Float64Array {
  if (data instanceof Float64Array || data instanceof Float32Array) return data;
  return Float64Array.from(data as Iterable<number>);
}

/** One number a character. */
function text(data: NDArray['data'], rows: number, columns: number, work: MatrixWork): Value {
  work.budget.takeBytes(data.length * 4, 'MAT 4 text');
  const units = Uint16Array.from(data as Iterable<number>);
  const flat = textOfUnits(units);
  if (rows === 1 || flat === '') return flat;
  const lines = rowsOfText(flat, [rows, columns]) ?? [];
  return new NDArray({ dtype: 'string', shape: [rows], data: lines });
}

/** Rows of (row, column, value[, imaginary]); the last one holds the dimensions. Indices begin at 1. */
function sparse(data: NDArray['data'], { rows, columns }: Header, work: MatrixWork, offset: number): Value {
  if (rows < 1 || (columns !== 3 && columns !== 4))
    throw corrupt(`MAT 4 sparse matrix at byte ${offset}`, 'no dimensions', offset);
  work.budget.takeBytes(rows * 64, 'MAT 4 sparse matrix');
  const numbers = floatsOf(data);
  const cell = (row: number, column: number): number => numbers[row + column * rows]!;
  const [height, width] = [cell(rows - 1, 0), cell(rows - 1, 1)];
  const last = 2 ** 31 - 1;
  const sane = [height, width].every((length) => Number.isInteger(length) && length >= 0 && length <= last);
  if (!sane)
    throw corrupt(`MAT 4 sparse matrix at byte ${offset}`, `dimensions ${height} × ${width}`, offset);
  work.budget.takeBytes(4 * (width + 1), 'MAT 4 sparse matrix');
  const entries = Array.from({ length: rows - 1 }, (_, row) => row);
  for (const row of entries) {
    const [i, j] = [cell(row, 0), cell(row, 1)];
    if (!(Number.isInteger(i) && Number.isInteger(j) && i >= 1 && i <= height && j >= 1 && j <= width))
      throw corrupt(
        `MAT 4 sparse matrix at byte ${offset}`,
        `element ${i}, ${j} of ${height} × ${width}`,
        offset,
      );
  }
  entries.sort((a, b) => cell(a, 1) - cell(b, 1) || cell(a, 0) - cell(b, 0));
  const indptr = new Int32Array(width + 1);
  for (const row of entries) indptr[cell(row, 1)]!++;
  for (let i = 1; i <= width; i++) indptr[i]! += indptr[i - 1]!;
  const indices = Int32Array.from(entries, (row) => cell(row, 0) - 1);
  const shape = [entries.length];
  const re = Float64Array.from(entries, (row) => cell(row, 2));
  if (columns === 3)
    return sparseValue([height, width], indices, indptr, new NDArray({ dtype: 'float64', shape, data: re }));
  const im = Float64Array.from(entries, (row) => cell(row, 3));
  const pairs = interleaved('complex128', re, im);
  return sparseValue(
    [height, width],
    indices,
    indptr,
    new NDArray({ dtype: 'complex128', shape, data: pairs }),
  );
}
