import type { Cell } from '../cells/cell-column.js';

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

export class SmallIntegers extends Integers {
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

export class WideIntegers extends Integers {
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
export class Reals implements CellSource {
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
export class MixedCells implements CellSource {
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
export class Texts implements CellSource {
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
export class Masked implements CellSource {
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
