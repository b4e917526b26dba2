import type { TextEncoding } from '../file/header.js';
import { type TextReader, textReader } from './text.js';

/** A value as SQLite keeps it. */
export type Cell = null | number | bigint | string | Uint8Array;

/** Kinds of cells, as bits. */
export const KIND = { null: 1, integer: 2, real: 4, text: 8, blob: 16 } as const;

const FIRST_ROWS = 64;
const HALF = 2 ** 32;

/**
 * The cells of one column, each kept in an array of its kind: integers as halves of 64 bits, reals as doubles, text
 * and blobs as objects.
 */
export class CellColumn {
  rows = 0;
  /** Bits of the kinds that were met. */
  seen = 0;
  /** Bytes of text and blobs that were taken. */
  bytes = 0;
  /** Texts that are not valid in the encoding of the file. */
  wrongTexts = 0;
  kinds: Uint8Array = new Uint8Array(FIRST_ROWS);
  words: Int32Array | undefined;
  reals: Float64Array | undefined;
  objects: (string | Uint8Array)[] | undefined;
  readonly #asReal: boolean;
  readonly #text: TextReader;

  /**
   * @param asReal integers in a column of REAL affinity stand for reals: the file keeps them short
   * @param strict refuse text that is not valid in the encoding
   */
  constructor(encoding: TextEncoding, asReal: boolean, strict = true) {
    this.#asReal = asReal;
    this.#text = textReader(encoding, strict ? undefined : () => this.wrongTexts++);
  }

  /** Makes room for `rows` more. */
  reserve(rows: number): void {
    const wanted = this.rows + rows;
    if (wanted <= this.kinds.length) return;
    const length = Math.max(wanted, this.kinds.length * 2);
    this.kinds = grown(new Uint8Array(length), this.kinds);
    if (this.words !== undefined) this.words = grown(new Int32Array(2 * length), this.words);
    if (this.reals !== undefined) this.reals = grown(new Float64Array(length), this.reals);
  }

  /** One cell by its serial type (file format, 2.1); there is room for it. */
  add(serial: number, bytes: Uint8Array, view: DataView, at: number): void {
    if (serial === 7) {
      const value = view.getFloat64(at);
      // A NaN in the file reads as NULL.
      if (value !== value) this.addNull();
      else this.addReal(value);
    } else if (serial === 0) this.addNull();
    else if (serial <= 6) this.#addInteger(serial, view, at);
    else if (serial === 8) this.addWords(0, 0);
    else if (serial === 9) this.addWords(1, 0);
    else if ((serial & 1) === 1 || serial % 2 === 1) {
      const length = (serial - 13) / 2;
      this.addObject(this.#text(bytes, at, length), KIND.text, length);
    } else {
      const length = (serial - 12) / 2;
      this.addObject(new Uint8Array(bytes.subarray(at, at + length)), KIND.blob, length);
    }
  }

  addNull(): void {
    this.kinds[this.rows++] = KIND.null;
    this.seen |= KIND.null;
  }

  addReal(value: number): void {
    this.reals ??= new Float64Array(this.kinds.length);
    this.reals[this.rows] = value;
    this.kinds[this.rows++] = KIND.real;
    this.seen |= KIND.real;
  }

  addWords(low: number, high: number): void {
    if (this.#asReal) {
      this.addReal(high * HALF + (low >>> 0));
      return;
    }
    this.words ??= new Int32Array(2 * this.kinds.length);
    this.words[2 * this.rows] = low;
    this.words[2 * this.rows + 1] = high;
    this.kinds[this.rows++] = KIND.integer;
    this.seen |= KIND.integer;
  }

  addObject(value: string | Uint8Array, kind: number, length: number): void {
    this.objects ??= [];
    // Holes would make it slow: what is no object is undefined in it.
    while (this.objects.length < this.rows) this.objects.push('');
    this.objects.push(value);
    this.kinds[this.rows++] = kind;
    this.seen |= kind;
    this.bytes += length;
  }

  addCell(cell: Cell): void {
    this.reserve(1);
    if (cell === null) this.addNull();
    else if (typeof cell === 'number') {
      if (Number.isNaN(cell)) this.addNull();
      else this.addReal(cell);
    } else if (typeof cell === 'bigint') {
      this.addWords(Number(BigInt.asIntN(32, cell)), Number(BigInt.asIntN(32, cell >> 32n)));
    } else if (typeof cell === 'string') this.addObject(cell, KIND.text, cell.length);
    else this.addObject(cell, KIND.blob, cell.byteLength);
  }

  /** The cell of a row: integers are bigints, reals numbers. */
  at(row: number): Cell {
    switch (this.kinds[row]) {
      case KIND.integer:
        return (BigInt(this.words![2 * row + 1]!) << 32n) | BigInt(this.words![2 * row]! >>> 0);
      case KIND.real:
        return this.reals![row]!;
      case KIND.text:
      case KIND.blob:
        return this.objects![row]!;
      default:
        return null;
    }
  }

  #addInteger(serial: number, view: DataView, at: number): void {
    switch (serial) {
      case 1: {
        const low = view.getInt8(at);
        return this.addWords(low, low >> 31);
      }
      case 2: {
        const low = view.getInt16(at);
        return this.addWords(low, low >> 31);
      }
      case 3: {
        const low = (view.getInt8(at) << 16) | view.getUint16(at + 1);
        return this.addWords(low, low >> 31);
      }
      case 4: {
        const low = view.getInt32(at);
        return this.addWords(low, low >> 31);
      }
      case 5:
        return this.addWords(view.getInt32(at + 2), view.getInt16(at));
      default:
        return this.addWords(view.getInt32(at + 4), view.getInt32(at));
    }
  }
}

function grown<T extends Uint8Array | Int32Array | Float64Array>(larger: T, smaller: T): T {
  larger.set(smaller);
  return larger;
}
