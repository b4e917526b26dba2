import { IS_FLOAT, IS_ROUNDED, IS_WIDE, NumberScanner, parseInteger } from '@formatlab/core';
import { isKept } from './read-matrix.js';
import { scanWord } from './words.js';

/** Kinds of cells, in the order in which they widen the type of an array. */
export const NO_NUMBER = 0;
export const INT = 1;
/** An integer of 2^53 or more that int64 holds, and one that it does not. */
export const WIDE_INT = 2;
export const HUGE_INT = 3;
export const FLOAT = 4;
export const COMPLEX = 5;

const OPEN = 0x28;
const CLOSE = 0x29;
const PLUS = 0x2b;
const MINUS = 0x2d;
const LOWER_J = 0x6a;
const BLANK = 0x20;
const LEAST_INT64 = -(2n ** 63n);

/** Reads one cell: `1`, `-2.5e3`, `nan`, `(1+2j)`, `1-2j`, `3j`, and savetxt's older `(1+-2j)`. */
export class CellReader {
  readonly bytes: Uint8Array;
  /** Real and imaginary part of the cell that was read last. */
  readonly value = new Float64Array(2);
  /** Whether its text says more than its double. */
  rounded = false;
  readonly #scanner: NumberScanner;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.#scanner = new NumberScanner(bytes);
  }

  kindOf(start: number, end: number): number {
    this.rounded = false;
    this.value[1] = 0;
    this.#at = start;
    const bracketed = this.bytes[start] === OPEN && this.bytes[end - 1] === CLOSE;
    const from = bracketed ? start + 1 : start;
    const stop = bracketed ? this.#trimmed(end - 1, from) : end;
    this.#at = this.#behindBlanks(from, stop);
    const kind = this.#part(0, stop);
    if (kind === NO_NUMBER) return NO_NUMBER;
    if (this.#at === stop) return bracketed ? COMPLEX : kind;
    return this.#imaginary(stop) ? COMPLEX : NO_NUMBER;
  }

  /** The integer of a cell whose kind is INT, WIDE_INT or HUGE_INT. */
  integer(start: number, end: number): bigint {
    return parseInteger(this.bytes, start, end)!;
  }

  /** What follows the first part: `j`, or a second part and `j`. */
  #imaginary(stop: number): boolean {
    const { value, bytes } = this;
    if (this.#isUnit(stop)) {
      value[1] = value[0]!;
      value[0] = 0;
      return true;
    }
    this.#at = this.#behindBlanks(this.#at, stop);
    const sign = bytes[this.#at];
    if (sign !== PLUS && sign !== MINUS) return false;
    const behind = this.#behindBlanks(this.#at + 1, stop);
    const second = bytes[behind];
    // `+-2j`, or a width between the sign and the digits: the first sign turns the number.
    const turned = second === MINUS || second === PLUS || behind > this.#at + 1;
    if (turned) this.#at = behind;
    if (this.#part(1, stop) === NO_NUMBER || !this.#isUnit(stop)) return false;
    if (turned && sign === MINUS) value[1] = -value[1]!;
    return true;
  }

  #isUnit(stop: number): boolean {
    return this.#at + 1 === stop && (this.bytes[this.#at]! | 0x20) === LOWER_J;
  }

  #part(index: 0 | 1, stop: number): number {
    const start = this.#at;
    const scanner = this.#scanner;
    scanner.at = start;
    const kind = scanner.scan(this.value, index);
    if (kind === 0 || scanner.at > stop) {
      const length = scanWord(this.bytes, start, stop, this.value, index);
      this.#at = start + length;
      return length === 0 ? NO_NUMBER : FLOAT;
    }
    this.#at = scanner.at;
    const value = this.value[index]!;
    if ((kind & IS_FLOAT) !== 0) {
      if ((kind & IS_ROUNDED) !== 0 || !isKept(this.bytes, start, scanner.at, value)) this.rounded = true;
      return FLOAT;
    }
    if ((kind & IS_WIDE) === 0) return INT;
    if (!isKept(this.bytes, start, scanner.at, value)) {
      this.rounded = true;
      return HUGE_INT;
    }
    const integer = parseInteger(this.bytes, start, scanner.at)!;
    if (BigInt(value) !== integer) this.rounded = true;
    return integer >= LEAST_INT64 && integer < -LEAST_INT64 ? WIDE_INT : HUGE_INT;
  }

  #behindBlanks(from: number, stop: number): number {
    let at = from;
    while (at < stop && this.bytes[at] === BLANK) at++;
    return at;
  }

  #trimmed(end: number, from: number): number {
    let stop = end;
    while (stop > from && this.bytes[stop - 1] === BLANK) stop--;
    return stop;
  }
}
