import {
  type Budget,
  IS_FLOAT,
  IS_LOOSE,
  IS_NUMBER,
  IS_ROUNDED,
  IS_WIDE,
  int64OfIntegers,
  NDArray,
  parseInteger,
} from '@formatlab/core';
import { BLANK, CLOSE_LIST, COMMA, MINUS, NINE, OPEN_LIST, ZERO } from './ascii.js';
import type { JsonParser } from './parser.js';

/** Most dimensions of an array in a JSON file. */
export const MOST_RANK = 32;

/** Kinds that are not just stored. */
const ODD = IS_LOOSE | IS_WIDE | IS_ROUNDED;

const FIRST_CAPACITY = 64;
const SPARE = 1.05;
const FLOAT_BYTES = 8;

/**
 * The rectangular list of numbers whose `[` stands at the parser's position, as an array: int64 where every
 * number is an integer without a point or exponent, else float64. Undefined, with nothing read, where it is
 * anything else, also where the array could not hold it exactly (a list of no numbers, integers beyond int64,
 * integers beyond 2^53 among fractions).
 *
 * @param whole whether the list is expected to take the rest of the file
 */
export function readNumberArray(parser: JsonParser, whole = false): NDArray | undefined {
  const start = parser.at;
  const { rounded } = parser;
  const attempt = new NumberLists(parser, whole);
  const array = attempt.read();
  if (array === undefined) {
    parser.at = start;
    parser.rounded = rounded;
    attempt.release();
  }
  return array;
}

class NumberLists {
  readonly #parser: JsonParser;
  readonly #budget: Budget;
  readonly #whole: boolean;
  #data: Float64Array;
  #count = 0;
  #charged = 0;
  /** All kinds met so far, as bits. */
  #kinds = 0;
  /** Integers that a double does not hold, by their index. */
  readonly #wide = new Map<number, bigint>();

  constructor(parser: JsonParser, whole: boolean) {
    this.#parser = parser;
    this.#whole = whole;
    this.#budget = parser.options.budget;
    this.#data = new Float64Array(FIRST_CAPACITY);
  }

  release(): void {
    this.#budget.releaseBytes(this.#charged);
  }

  read(): NDArray | undefined {
    const parser = this.#parser;
    const start = parser.at;
    const lengths: number[] = [];
    const counts: number[] = [];
    let rank = -1;
    let depth = 0;
    for (;;) {
      if (parser.peek() === OPEN_LIST) {
        if (depth === rank || depth === MOST_RANK) return undefined;
        counts[depth++] = 0;
        parser.at++;
        continue;
      }
      if (depth === 0) return undefined;
      if (rank < 0) rank = depth;
      else if (depth !== rank) return undefined;
      const count = this.#row();
      if (count < 0) return undefined;
      counts[depth - 1] = count;
      if (this.#whole && this.#count === count) this.#foresee(start, count);
      // The row is closed, and with it every list that ends here.
      for (;;) {
        depth--;
        const length = counts[depth]!;
        if (lengths[depth] === undefined) lengths[depth] = length;
        else if (lengths[depth] !== length) return undefined;
        if (depth === 0) return this.#array(lengths);
        counts[depth - 1]!++;
        const next = parser.peek();
        if (next === COMMA) {
          parser.at++;
          break;
        }
        if (next !== CLOSE_LIST) return undefined;
        parser.at++;
      }
    }
  }

  /** Reads numbers up to the `]` that closes them and returns how many; -1 where there is something else. */
  #row(): number {
    const parser = this.#parser;
    const { bytes, numbers, fast } = parser;
    const first = this.#count;
    let count = first;
    let data = this.#data;
    let kinds = this.#kinds;
    numbers.at = parser.at;
    for (;;) {
      if (count === data.length) data = this.#grow(2 * count);
      const read = fast === undefined ? 0 : fast.list(numbers.at, data, count);
      if (read > 0) {
        count += read;
        kinds |= fast!.hasFloats ? IS_FLOAT | IS_NUMBER : IS_NUMBER;
        numbers.at = fast!.at;
        if (fast!.expectsNumber) continue;
      } else {
        const kind = numbers.scan(data, count);
        if ((kind & ODD) !== 0 || kind === 0) {
          if (!this.#odd(data, count, kind)) return -1;
          if (kind === 0) kinds |= IS_FLOAT;
        }
        kinds |= kind;
        count++;
      }
      // At the end of the bytes this is undefined, which is neither.
      let next = bytes[numbers.at];
      if (next !== COMMA && next !== CLOSE_LIST) {
        parser.at = numbers.at;
        next = parser.peek();
        numbers.at = parser.at;
      }
      numbers.at++;
      if (next === CLOSE_LIST) break;
      if (next !== COMMA) return -1;
      if (bytes[numbers.at]! <= BLANK) {
        parser.at = numbers.at;
        parser.peek();
        numbers.at = parser.at;
      }
    }
    parser.at = numbers.at;
    this.#kinds = kinds;
    this.#count = count;
    parser.takeItems(count - first);
    parser.report();
    return count - first;
  }

  /** Takes a wide integer, a rounded number, or a bare NaN or infinity; false where an array has no such number. */
  #odd(data: Float64Array, index: number, kind: number): boolean {
    const parser = this.#parser;
    const { bytes, numbers } = parser;
    if ((kind & IS_LOOSE) !== 0) return false;
    if ((kind & IS_ROUNDED) !== 0) parser.rounded++;
    if ((kind & IS_WIDE) !== 0) {
      let start = numbers.at - 1;
      while (start > 0 && bytes[start - 1]! >= ZERO && bytes[start - 1]! <= NINE) start--;
      if (bytes[start - 1] === MINUS) start--;
      this.#wide.set(index, parseInteger(bytes, start, numbers.at)!);
      return true;
    }
    if (kind !== 0) return true;
    parser.at = numbers.at;
    const value = parser.nonFinite();
    if (value === undefined) return false;
    data[index] = value;
    numbers.at = parser.at;
    return true;
  }

  /** Makes room for as many numbers as the rest of the file holds, if all of it is like the first row. */
  #foresee(start: number, count: number): void {
    const { at, end } = this.#parser;
    const wanted = Math.ceil(((count * (end - start)) / (at - start)) * SPARE) + FIRST_CAPACITY;
    if (wanted > 2 * this.#data.length && wanted * FLOAT_BYTES <= this.#budget.bytesLeft) this.#grow(wanted);
  }

  #grow(capacity: number): Float64Array {
    const bytes = (capacity - this.#data.length) * FLOAT_BYTES;
    this.#budget.takeBytes(bytes, 'a list of numbers');
    this.#charged += bytes;
    const grown = new Float64Array(capacity);
    grown.set(this.#data);
    this.#data = grown;
    return grown;
  }

  #array(shape: readonly number[]): NDArray | undefined {
    const count = this.#count;
    const floats = (this.#kinds & IS_FLOAT) !== 0;
    if (!floats) {
      const data = int64OfIntegers(this.#data, count);
      for (const [index, value] of this.#wide) {
        if (BigInt.asIntN(64, value) !== value) return undefined;
        data[index] = value;
      }
      return new NDArray({ dtype: 'int64', shape, data });
    }
    for (const value of this.#wide.values()) if (BigInt(Number(value)) !== value) return undefined;
    const roomy = this.#data.length > count * 1.25;
    const data = roomy ? this.#data.slice(0, count) : this.#data.subarray(0, count);
    return new NDArray({ dtype: 'float64', shape, data });
  }
}
