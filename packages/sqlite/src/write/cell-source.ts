import {
  type Budget,
  type Column,
  FormatError,
  float16ToNumber,
  isNDArray,
  itemSize,
  type NDArray,
  sizeOfShape,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { Cell } from '../cells/cell-column.js';
import { isWellFormed } from '../layout/names.js';
import { bytesOf, toJson } from '../layout/value-json.js';

/** The cells of a column as they go into records. */
export interface CellSource {
  /** Serial type (file format, 2.1). */
  serial(row: number): number;
  /** Writes the value of `size` bytes, big-endian. */
  write(row: number, target: Uint8Array, view: DataView, at: number): void;
  cell(row: number): Cell;
}

/** Bytes that a value of a serial type takes. */
export function sizeOfSerial(serial: number): number {
  return serial >= 12 ? (serial - 12 - (serial & 1)) / 2 : SIZES[serial]!;
}

const SIZES = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0];

/** Integers by their halves of 64 bits. */
abstract class Integers implements CellSource {
  abstract low(row: number): number;
  abstract high(row: number): number;

  serial(row: number): number {
    const low = this.low(row);
    const high = this.high(row);
    if (high === low >> 31) {
      if (low === 0) return 8;
      if (low === 1) return 9;
      if ((low << 24) >> 24 === low) return 1;
      if ((low << 16) >> 16 === low) return 2;
      return (low << 8) >> 8 === low ? 3 : 4;
    }
    return (high << 16) >> 16 === high ? 5 : 6;
  }

  write(row: number, target: Uint8Array, view: DataView, at: number): void {
    const low = this.low(row);
    switch (this.serial(row)) {
      case 8:
      case 9:
        return;
      case 1:
        target[at] = low;
        return;
      case 2:
        view.setInt16(at, low);
        return;
      case 3:
        target[at] = low >> 16;
        view.setUint16(at + 1, low & 0xffff);
        return;
      case 4:
        view.setInt32(at, low);
        return;
      case 5:
        view.setInt16(at, this.high(row));
        view.setInt32(at + 2, low);
        return;
      default:
        view.setInt32(at, this.high(row));
        view.setInt32(at + 4, low);
    }
  }

  cell(row: number): Cell {
    return (BigInt(this.high(row)) << 32n) | BigInt(this.low(row) >>> 0);
  }
}

class SmallIntegers extends Integers {
  readonly #data: ArrayLike<number>;

  constructor(data: ArrayLike<number>) {
    super();
    this.#data = data;
  }

  low(row: number): number {
    return this.#data[row]! | 0;
  }

  high(row: number): number {
    return this.#data[row]! < 0 ? -1 : 0;
  }
}

class WideIntegers extends Integers {
  readonly #words: Int32Array;

  constructor(data: BigInt64Array | BigUint64Array) {
    super();
    this.#words = new Int32Array(data.buffer, data.byteOffset, data.length * 2);
  }

  low(row: number): number {
    return this.#words[2 * row]!;
  }

  high(row: number): number {
    return this.#words[2 * row + 1]!;
  }
}

/** Reals; what SQLite would take for NULL goes another way (see `nansOf`). */
class Reals implements CellSource {
  readonly #data: ArrayLike<number>;

  constructor(data: ArrayLike<number>) {
    this.#data = data;
  }

  serial(): number {
    return 7;
  }

  write(row: number, _target: Uint8Array, view: DataView, at: number): void {
    view.setFloat64(at, this.#data[row]!);
  }

  cell(row: number): Cell {
    return this.#data[row]!;
  }
}

/** Any cells, each a bigint, number, text or bytes: text and bytes lie in one run. */
class MixedCells implements CellSource {
  readonly #cells: (row: number) => Cell;
  readonly #encoder = new TextEncoder();
  /** The row that was looked at last: its serial type is asked for before it is written. */
  #row = -1;
  #bytes: Uint8Array = NO_BYTES;
  #serial = 0;

  constructor(cells: (row: number) => Cell) {
    this.#cells = cells;
  }

  serial(row: number): number {
    if (row === this.#row) return this.#serial;
    const cell = this.#cells(row);
    this.#row = row;
    this.#bytes = NO_BYTES;
    if (cell === null) this.#serial = 0;
    else if (typeof cell === 'number') {
      this.#bytes = new Uint8Array(8);
      new DataView(this.#bytes.buffer).setFloat64(0, cell);
      this.#serial = 7;
    } else if (typeof cell === 'bigint') {
      const source = new WideIntegers(BigInt64Array.of(cell));
      this.#serial = source.serial(0);
      this.#bytes = new Uint8Array(sizeOfSerial(this.#serial));
      source.write(0, this.#bytes, new DataView(this.#bytes.buffer), 0);
    } else if (typeof cell === 'string') {
      this.#bytes = this.#encoder.encode(cell);
      this.#serial = 13 + 2 * this.#bytes.byteLength;
    } else {
      this.#bytes = cell;
      this.#serial = 12 + 2 * cell.byteLength;
    }
    return this.#serial;
  }

  write(row: number, target: Uint8Array, _view: DataView, at: number): void {
    this.serial(row);
    target.set(this.#bytes, at);
  }

  /** Text and blobs without a copy, for rows that spill over. */
  bytesAt(row: number): Uint8Array {
    this.serial(row);
    return this.#bytes;
  }

  cell(row: number): Cell {
    return this.#cells(row);
  }
}

/** Text, encoded once into one run of bytes. */
class Texts implements CellSource {
  readonly #texts: readonly string[];
  readonly #ends: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#ends = new Float64Array(texts.length);
    const encoder = new TextEncoder();
    let buffer = new Uint8Array(Math.max(64, texts.length * 16));
    let end = 0;
    for (let row = 0; row < texts.length; row++) {
      const text = texts[row]!;
      if (end + text.length * 3 > buffer.byteLength) {
        const larger = new Uint8Array(Math.max(buffer.byteLength * 2, end + text.length * 3));
        larger.set(buffer.subarray(0, end));
        buffer = larger;
      }
      end = writeText(text, buffer, end, encoder);
      this.#ends[row] = end;
    }
    this.#bytes = buffer.subarray(0, end);
  }

  serial(row: number): number {
    return 13 + 2 * (this.#ends[row]! - this.#start(row));
  }

  write(row: number, target: Uint8Array, _view: DataView, at: number): void {
    const start = this.#start(row);
    const end = this.#ends[row]!;
    if (end - start > SHORT) {
      target.set(this.#bytes.subarray(start, end), at);
      return;
    }
    for (let i = start, to = at; i < end; i++, to++) target[to] = this.#bytes[i]!;
  }

  cell(row: number): Cell {
    return this.#texts[row]!;
  }

  #start(row: number): number {
    return row === 0 ? 0 : this.#ends[row - 1]!;
  }
}

const SHORT = 24;
const NO_BYTES = new Uint8Array(0);

function writeText(
  text: string,
  buffer: Uint8Array,
  at: number,
  encoder: InstanceType<typeof TextEncoder>,
): number {
  if (text.length <= SHORT) {
    let i = 0;
    for (; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) break;
      buffer[at + i] = code;
    }
    if (i === text.length) return at + i;
  }
  return at + encoder.encodeInto(text, buffer.subarray(at)).written;
}

/** Nulls of another source. */
class Masked implements CellSource {
  readonly #inner: CellSource;
  readonly #valid: Uint8Array;

  constructor(inner: CellSource, valid: Uint8Array) {
    this.#inner = inner;
    this.#valid = valid;
  }

  serial(row: number): number {
    return this.#valid[row] === 0 ? 0 : this.#inner.serial(row);
  }

  write(row: number, target: Uint8Array, view: DataView, at: number): void {
    if (this.#valid[row] !== 0) this.#inner.write(row, target, view, at);
  }

  cell(row: number): Cell {
    return this.#valid[row] === 0 ? null : this.#inner.cell(row);
  }
}

export function cellsOfValues(cells: readonly Cell[]): CellSource {
  return new MixedCells((row) => cells[row]!);
}

/** A column's cells, what they are declared as, and whether the declaration alone tells the column's type. */
export interface PlannedColumn {
  readonly source: CellSource;
  readonly declared: string;
  readonly plain: boolean;
  /** Shape of one row, for columns of more than one dimension. */
  readonly item?: readonly number[];
}

/** @throws FormatError `unsupported` for text that UTF-8 cannot hold */
export function planColumn(column: Column, budget: Budget, path: string): PlannedColumn {
  const { type, values, valid } = column;
  const nullable = type.nullable || valid?.includes(0) === true;
  const mask = (planned: PlannedColumn): PlannedColumn => ({
    ...planned,
    source: valid === undefined ? planned.source : new Masked(planned.source, valid),
    declared: nullable || !planned.plain ? planned.declared : `${planned.declared} NOT NULL`,
    plain: planned.plain && nullable === type.nullable,
  });
  if (!isNDArray(values) || type.kind !== 'scalar' || values.dtype === 'object')
    return mask(jsonColumn(values, budget, valid));
  if (values.shape.length !== 1) return mask(rowColumn(values, path));
  const plain =
    Object.keys(type).every((key) => ['kind', 'dtype', 'nullable'].includes(key)) &&
    type.dtype === values.dtype;
  return mask(scalarColumn(toCOrder(values), plain, valid, path));
}

function scalarColumn(
  values: NDArray,
  plain: boolean,
  valid: Uint8Array | undefined,
  path: string,
): PlannedColumn {
  switch (values.dtype) {
    case 'bool':
      return { source: new SmallIntegers(values.data as Uint8Array), declared: 'BOOLEAN', plain };
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return { source: new SmallIntegers(values.data as Int32Array), declared: 'INTEGER', plain: false };
    case 'int64':
    case 'datetime64':
    case 'timedelta64':
      return {
        source: new WideIntegers(values.data as BigInt64Array),
        declared: 'INTEGER',
        plain: plain && values.dtype === 'int64',
      };
    case 'uint64': {
      const data = values.data as BigUint64Array;
      const large = data.some((value) => value >= 2n ** 63n);
      if (!large) return { source: new WideIntegers(data), declared: 'INTEGER', plain: false };
      // No affinity: it would turn the digits into a double.
      const cell = (row: number): Cell => (data[row]! < 2n ** 63n ? data[row]! : data[row]!.toString());
      return { source: new MixedCells(cell), declared: 'BLOB', plain: false };
    }
    case 'float16':
    case 'float32':
    case 'float64':
      return realColumn(values, plain, valid);
    case 'complex64':
    case 'complex128': {
      const width = itemSize(values.dtype);
      const bytes = bytesOf(values.data as Float64Array);
      return {
        source: new MixedCells((row) => bytes.subarray(row * width, (row + 1) * width)),
        declared: 'BLOB',
        plain: false,
      };
    }
    case 'bytes':
      return {
        source: new MixedCells((row) => (values.data as unknown as readonly Uint8Array[])[row]!),
        declared: 'BLOB',
        plain,
      };
    default: {
      const texts = values.data as readonly string[];
      const broken = texts.findIndex((text) => !isWellFormed(text));
      if (broken >= 0)
        throw new FormatError(
          'unsupported',
          `write text '${path}/${broken}' to SQLite: half of a surrogate pair has no UTF-8`,
          { format: 'sqlite', path, feature: 'lone surrogates' },
        );
      return { source: new Texts(texts), declared: 'TEXT', plain };
    }
  }
}

/**
 * SQLite takes NaN for NULL. In a column without nulls a NULL therefore stands for NaN, as pandas reads it; beside
 * nulls NaN is the text `NaN`. Another NaN than the usual one is a blob of its bits.
 */
function realColumn(values: NDArray, plain: boolean, valid: Uint8Array | undefined): PlannedColumn {
  const { dtype, data } = values;
  const numbers =
    dtype === 'float16' ? Float64Array.from(data as Uint16Array, float16ToNumber) : (data as Float64Array);
  let nans = false;
  for (let row = 0; row < numbers.length; row++) if (numbers[row] !== numbers[row]) nans = true;
  const source = new Reals(numbers);
  if (!nans) return { source, declared: 'REAL', plain: plain && dtype === 'float64' };
  const width = itemSize(dtype);
  const bytes = bytesOf(data as Float64Array);
  const hasNulls = valid !== undefined;
  const cell = (row: number): Cell => {
    if (numbers[row] === numbers[row]) return numbers[row]!;
    const bits = bytes.subarray(row * width, (row + 1) * width);
    if (!isUsualNaN(bits)) return bits;
    return hasNulls ? 'NaN' : null;
  };
  return { source: new MixedCells(cell), declared: 'REAL', plain: false };
}

/** Quiet, positive, no payload. */
export function isUsualNaN(bits: Uint8Array): boolean {
  const last = bits.byteLength - 1;
  const top = bits.byteLength === 8 ? [0x7f, 0xf8] : bits.byteLength === 4 ? [0x7f, 0xc0] : [0x7e, 0x00];
  return (
    bits[last] === top[0] &&
    bits[last - 1] === top[1] &&
    bits.subarray(0, last - 1).every((byte) => byte === 0)
  );
}

function jsonColumn(values: Column['values'], budget: Budget, valid: Uint8Array | undefined): PlannedColumn {
  const items = isNDArray(values) ? (values.data as unknown as readonly Value[]) : values;
  const cell = (row: number): Cell =>
    valid?.[row] === 0 ? null : JSON.stringify(toJson(items[row]!, budget));
  return { source: new MixedCells(cell), declared: 'TEXT', plain: false };
}

/** A row of a column of several dimensions is a blob, as in `formatlab_arrays`. */
function rowColumn(values: NDArray, path: string): PlannedColumn {
  const width = itemSize(values.dtype);
  if (width === 0)
    throw new FormatError(
      'unsupported',
      `write column '${path}' to SQLite: ${values.dtype} of ${values.shape.length} dimensions`,
      { format: 'sqlite', path, feature: 'columns of text with several dimensions' },
    );
  const item = values.shape.slice(1);
  const size = sizeOfShape(item) * width;
  const bytes = bytesOf(toCOrder(values).data as Float64Array);
  return {
    source: new MixedCells((row) => bytes.subarray(row * size, (row + 1) * size)),
    declared: 'BLOB',
    plain: false,
    item,
  };
}
