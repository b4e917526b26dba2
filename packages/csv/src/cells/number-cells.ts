import { IS_FLOAT, IS_LOOSE, IS_ROUNDED, IS_WIDE, NumberScanner, parseInteger } from '@formatlab/core';
import { FLOAT, INT, WIDE_INT } from './kinds.js';

const DOT = 0x2e;
const COMMA = 0x2c;
/** Longer numbers with a decimal comma are left as text. */
const SCRATCH = 512;
const LEAST_INT64 = -(2n ** 63n);

/** Reads cells that hold one number each. */
export class NumberCells {
  readonly bytes: Uint8Array;
  /** What {@link kindOf} read: the number's double. */
  readonly value = new Float64Array(1);
  readonly #scanner: NumberScanner;
  /** The cell with a point for its comma; without a decimal comma there is none. */
  readonly #scratch: Uint8Array | undefined;

  constructor(bytes: Uint8Array, decimalComma: boolean) {
    this.bytes = bytes;
    this.#scratch = decimalComma ? new Uint8Array(SCRATCH) : undefined;
    this.#scanner = new NumberScanner(this.#scratch ?? bytes);
  }

  /** {@link INT}, {@link WIDE_INT} or {@link FLOAT}; 0 for what is no number, or one that would be changed. */
  kindOf(start: number, end: number): number {
    const scratch = this.#scratch;
    if (scratch === undefined) return this.#kindAt(start, end);
    if (end - start >= SCRATCH) return wordKind(this.bytes, start, end, this.value);
    for (let i = start; i < end; i++) {
      const byte = this.bytes[i]!;
      if (byte === DOT) return 0;
      scratch[i - start] = byte === COMMA ? DOT : byte;
    }
    // What an earlier cell left behind this one must not be read on.
    scratch[end - start] = 0;
    return this.#kindAt(0, end - start);
  }

  #kindAt(start: number, end: number): number {
    const scanner = this.#scanner;
    const { value } = this;
    scanner.at = start;
    const kind = scanner.scan(value, 0);
    if (kind === 0 || scanner.at !== end) return wordKind(scanner.bytes, start, end, value);
    if ((kind & (IS_LOOSE | IS_ROUNDED)) !== 0) return 0;
    if ((kind & IS_FLOAT) !== 0) return isKept(scanner.bytes, start, end, value[0]!) ? FLOAT : 0;
    if ((kind & IS_WIDE) === 0) return INT;
    return int64At(scanner.bytes, start, end) === undefined ? 0 : WIDE_INT;
  }
}

/** The integer that a cell is, where int64 holds it. */
export function int64At(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  if (end - start > 20) return undefined;
  const value = parseInteger(bytes, start, end);
  return value === undefined || value < LEAST_INT64 || value >= -LEAST_INT64 ? undefined : value;
}

/** Whether a number is neither too large for a double nor too small: `1e5000`, `1e-5000` are not. */
export function isKept(bytes: Uint8Array, start: number, end: number, value: number): boolean {
  if (value !== 0) return value !== Number.POSITIVE_INFINITY && value !== Number.NEGATIVE_INFINITY;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    if (byte > 0x30 && byte <= 0x39) return false;
    if ((byte | 0x20) === 0x65) break;
  }
  return true;
}

const WORDS: readonly (readonly [string, number])[] = [
  ['nan', Number.NaN],
  ['NaN', Number.NaN],
  ['inf', Number.POSITIVE_INFINITY],
  ['-inf', Number.NEGATIVE_INFINITY],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
];

/** {@link FLOAT} for NaN and the infinities in Python's spellings, with the value in `out[0]`; else 0. */
export function wordKind(bytes: Uint8Array, start: number, end: number, out: Float64Array): number {
  const length = end - start;
  if (length < 3 || length > 9) return 0;
  for (const [word, value] of WORDS) {
    if (word.length === length && matches(bytes, start, word)) {
      out[0] = value;
      return FLOAT;
    }
  }
  return 0;
}

export function matches(bytes: Uint8Array, start: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (bytes[start + i] !== word.charCodeAt(i)) return false;
  return true;
}
