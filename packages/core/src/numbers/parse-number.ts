import { holdShape } from '../hold-shape.js';
import { EXACT_POWERS, LEAST_POWER, MOST_POWER, POWERS, powerIndex, SPLITTER } from './powers-of-ten.js';

/** Set in the result of {@link NumberScanner.scan} when there is a number; the other bits say more about it. */
export const IS_NUMBER = 1;
/** It has a fraction or an exponent, or is `-0`: an integer type does not hold it as it is written. */
export const IS_FLOAT = 2;
/** An integer of magnitude 2^53 or above: the double may be rounded. */
export const IS_WIDE = 4;
/** A form that JSON does not have: a plus sign, a needless leading zero, a dot without digits on both sides. */
export const IS_LOOSE = 8;
/**
 * A float with more digits than a double keeps: printed with as many, it reads differently. `0.10000000000000001`
 * is kept, as `printf` writes such digits of a double; `90071992547409.93` is not. Digits behind the 27th are
 * not looked at.
 */
export const IS_ROUNDED = 16;

const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;
const LEAST_NINE_DIGITS = 1e8;
/** Below it four digits more make nine at most. */
const MOST_BEFORE_FOUR = 1e5;
const MAX_SAFE = 2 ** 53;
/** Numbers of at most 15 digits are always kept. */
const LEAST_SIXTEEN_DIGITS = 1e15;
/** A bit less than half a unit of the last digit: what is nearer to the double is certainly kept. */
const NEAR = 0.49999;
/** Bytes that the common form of numbers takes at most, and some to read at once. */
const COMMON_LENGTH = 40;
/** Within it powers of ten are exact, and no step overflows. */
const MOST_COMMON_PLACES = 22;
/** Digits of an exponent are taken until it has reached this: the number is then infinite or zero. */
const EXPONENT_LIMIT = 1e8;

/** Bounds on the relative error of the double-double product (below 2^-102), and with digits left out (10^-26). */
const ERROR = 2 ** -97;
const ERROR_WITH_TAIL = 2 ** -84;

/**
 * Reads decimal numbers from ASCII bytes without making strings. Results are those of `Number()` to the bit.
 * Made for tight loops: the value goes into a Float64Array, so that no number is boxed.
 *
 * @example
 * const scanner = new NumberScanner(bytes, 0, bytes.length);
 * const kind = scanner.scan(out, 0); // 0: there is no number at scanner.at
 */
export class NumberScanner {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly #view: DataView;
  /** Where the next number is expected; after a successful scan, the byte behind the number. */
  at: number;

  constructor(bytes: Uint8Array, start = 0, end: number = bytes.length) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = start;
    this.end = end;
  }

  /**
   * Scans the longest decimal number that starts at `at`, puts its double into `out[index]` and returns its
   * kind ({@link IS_NUMBER} and further bits); 0, with nothing changed, when there is none.
   */
  scan(out: Float64Array, index: number): number {
    const kind = this.#scanCommon(out, index);
    return kind !== 0 ? kind : this.#scanAny(out, index);
  }

  /**
   * Numbers such as `-12.3456`, with at most 9 digits before the point and 18 in all: most of what is read. 0, with
   * nothing changed, for others and for those that need a closer look.
   */
  #scanCommon(out: Float64Array, index: number): number {
    const bytes = this.bytes;
    const view = this.#view;
    const lastStart = this.end - COMMON_LENGTH;
    let at = this.at;
    if (at >= lastStart) return 0;
    let byte = bytes[at]!;
    const negative = byte === MINUS;
    if (negative) byte = bytes[++at]!;
    const first = byte;
    const start = at;
    let a = 0;
    while (byte >= ZERO && byte <= ZERO + 9) {
      a = (a * 10 + byte - ZERO) | 0;
      byte = bytes[++at]!;
      if (a >= LEAST_NINE_DIGITS) break;
    }
    if (byte !== DOT || at === start || (first === ZERO && at > start + 1)) return 0;
    const fraction = ++at;
    while (a < MOST_BEFORE_FOUR && at < lastStart) {
      const four = fourDigitsOf(view.getInt32(at, true));
      if (four < 0) break;
      a = (a * 10000 + four) | 0;
      at += 4;
    }
    byte = bytes[at]!;
    while (a < LEAST_NINE_DIGITS && byte >= ZERO && byte <= ZERO + 9) {
      a = (a * 10 + byte - ZERO) | 0;
      byte = bytes[++at]!;
      if (at >= lastStart) return 0;
    }
    let b = 0;
    const second = at;
    if (byte >= ZERO && byte <= ZERO + 9) {
      for (let i = 0; i < 2; i++) {
        const four = fourDigitsOf(view.getInt32(at, true));
        if (four < 0) break;
        b = (b * 10000 + four) | 0;
        at += 4;
      }
      byte = bytes[at]!;
      while (byte >= ZERO && byte <= ZERO + 9) {
        if (at - second === 9) return 0;
        b = (b * 10 + byte - ZERO) | 0;
        byte = bytes[++at]!;
      }
    }
    // A needless dot, an exponent, and zero are looked at more closely.
    if (at === fraction || (byte | 0x20) === LOWER_E || byte === DOT || a === 0) return 0;
    let value: number;
    if (at === second) value = a / EXACT_POWERS[Math.min(at - fraction, 22)]!;
    else {
      const high = a * EXACT_POWERS[at - second]!;
      const w = high + b;
      const wRest = b - (w - high);
      const power = powerIndex(fraction - at);
      const nearest = POWERS[power]!;
      const p = w * nearest;
      const split = SPLITTER * w;
      const top = split - (split - w);
      const rest = w - top;
      const p2 = POWERS[power + 2]!;
      const p3 = POWERS[power + 3]!;
      // As in #scanAny.
      const low =
        top * p2 - p + top * p3 + rest * p2 + rest * p3 + (w * POWERS[power + 1]! + wRest * nearest);
      const margin = p * ERROR;
      value = p + (low + margin);
      if (value !== p + (low - margin)) return 0;
      if (w >= LEAST_SIXTEEN_DIGITS && Math.abs(p - value + low) > NEAR * nearest) return 0;
    }
    if (at - fraction > MOST_COMMON_PLACES) return 0;
    this.at = at;
    out[index] = negative ? -value : value;
    return IS_NUMBER | IS_FLOAT;
  }

  /** Numbers of every form. */
  #scanAny(out: Float64Array, index: number): number {
    const bytes = this.bytes;
    const view = this.#view;
    const end = this.end;
    const lastFour = end - 4;
    const start = this.at;
    let at = start;
    let kind = IS_NUMBER;
    let byte = at < end ? bytes[at]! : 0;
    const negative = byte === MINUS;
    if (negative) at++;
    else if (byte === PLUS) {
      at++;
      kind |= IS_LOOSE;
    }
    const first = at;
    let dot = -1;
    // Up to 9 significant digits each in `a`, `b` and `c`, the digits behind them only counted.
    let a = 0;
    let b = 0;
    let c = 0;
    let bDigits = 0;
    let cDigits = 0;
    let dropped = 0;
    for (; at < end; at++) {
      byte = bytes[at]!;
      if (byte >= ZERO && byte <= ZERO + 9) {
        a = (a * 10 + byte - ZERO) | 0;
        if (a >= LEAST_NINE_DIGITS) {
          at++;
          break;
        }
      } else if (byte === DOT && dot < 0) {
        dot = at;
        while (a < MOST_BEFORE_FOUR && at < lastFour) {
          const four = fourDigitsOf(view.getInt32(at + 1, true));
          if (four < 0) break;
          a = (a * 10000 + four) | 0;
          at += 4;
        }
        if (a >= LEAST_NINE_DIGITS) {
          at++;
          break;
        }
      } else break;
    }
    if (a >= LEAST_NINE_DIGITS) {
      while (bDigits <= 4 && at <= lastFour) {
        const four = fourDigitsOf(view.getInt32(at, true));
        if (four < 0) break;
        b = (b * 10000 + four) | 0;
        bDigits += 4;
        at += 4;
      }
      for (; at < end; at++) {
        byte = bytes[at]!;
        if (byte >= ZERO && byte <= ZERO + 9) {
          if (bDigits === 9) break;
          b = (b * 10 + byte - ZERO) | 0;
          bDigits++;
        } else if (byte === DOT && dot < 0) dot = at;
        else break;
      }
      if (bDigits === 9) {
        for (; at < end; at++) {
          byte = bytes[at]!;
          if (byte >= ZERO && byte <= ZERO + 9) {
            if (cDigits < 9) {
              c = (c * 10 + byte - ZERO) | 0;
              cDigits++;
            } else dropped++;
          } else if (byte === DOT && dot < 0) dot = at;
          else break;
        }
      }
    }
    const integerDigits = (dot < 0 ? at : dot) - first;
    if (at - first === (dot < 0 ? 0 : 1)) return 0;
    if ((bytes[first] === ZERO && integerDigits > 1) || integerDigits === 0 || dot === at - 1)
      kind |= IS_LOOSE;
    let exponent = dropped;
    if (dot >= 0) {
      exponent = (exponent - (at - dot - 1)) | 0;
      kind |= IS_FLOAT;
    }
    if (at + 1 < end && (bytes[at]! | 0x20) === LOWER_E) {
      const behind = this.#exponentEnd(at);
      if (behind > 0) {
        exponent = (exponent + this.#exponentValue(at + 1, behind)) | 0;
        at = behind;
        kind |= IS_FLOAT;
      }
    }
    this.at = at;

    const high = a * EXACT_POWERS[bDigits]!;
    const w = high + b;
    const wRest = b - (w - high);
    let value: number;
    if (wRest === 0 && cDigits === 0 && exponent >= -22 && exponent <= 22) {
      // Both operands are exact, so one rounding is the right one.
      value = exponent < 0 ? w / EXACT_POWERS[-exponent]! : w * EXACT_POWERS[exponent]!;
      if (
        w >= LEAST_SIXTEEN_DIGITS &&
        exponent < 0 &&
        isFar(w, value, (0 - exponent) | 0) &&
        !keepsDigits(bytes, first, at, value)
      )
        kind |= IS_ROUNDED;
    } else {
      const scale = (exponent + cDigits) | 0;
      if (w === 0) value = 0;
      else if (exponent < LEAST_POWER || scale > MOST_POWER) {
        value = Math.abs(numberOfText(bytes, start, at));
        if ((kind & IS_FLOAT) !== 0 && !keepsDigits(bytes, first, at, value)) kind |= IS_ROUNDED;
      } else {
        const power = powerIndex(scale);
        const p = w * POWERS[power]!;
        const split = SPLITTER * w;
        const top = split - (split - w);
        const rest = w - top;
        const p2 = POWERS[power + 2]!;
        const p3 = POWERS[power + 3]!;
        // p + (the exact error of the product) + the remaining terms, to about 2^-102 of the result
        let low =
          top * p2 - p + top * p3 + rest * p2 + rest * p3 + (w * POWERS[power + 1]! + wRest * POWERS[power]!);
        if (cDigits > 0) low += c * POWERS[powerIndex(exponent)]!;
        const margin = p * (dropped > 0 ? ERROR_WITH_TAIL : ERROR);
        value = p + (low + margin);
        // The true value lies between the two sums; rounding is monotonic, so it is certain when they agree.
        if (value !== p + (low - margin)) value = Math.abs(numberOfText(bytes, start, at));
        if (
          (cDigits > 0 || w >= LEAST_SIXTEEN_DIGITS) &&
          Math.abs(p - value + low) > NEAR * POWERS[powerIndex(exponent)]! &&
          (kind & IS_FLOAT) !== 0 &&
          !keepsDigits(bytes, first, at, value)
        )
          kind |= IS_ROUNDED;
      }
    }
    out[index] = negative ? -value : value;
    if (value >= MAX_SAFE && (kind & IS_FLOAT) === 0) kind |= IS_WIDE;
    else if (negative && value === 0) kind |= IS_FLOAT;
    return kind;
  }

  /** The byte behind the exponent whose `e` stands at `at`; 0 where no digit follows. */
  #exponentEnd(at: number): number {
    const { bytes, end } = this;
    let behind = at + 1;
    if (bytes[behind] === PLUS || bytes[behind] === MINUS) behind++;
    const digits = behind;
    while (behind < end && bytes[behind]! >= ZERO && bytes[behind]! <= ZERO + 9) behind++;
    return behind === digits ? 0 : behind;
  }

  #exponentValue(at: number, behind: number): number {
    const bytes = this.bytes;
    const negative = bytes[at] === MINUS;
    let value = 0;
    // Integers throughout, never -0: one double here makes every exponent one in the compiled code of `scan`.
    for (let i = negative || bytes[at] === PLUS ? at + 1 : at; i < behind; i++) {
      if (value < EXPONENT_LIMIT) value = (value * 10 + bytes[i]! - ZERO) | 0;
    }
    return negative ? (0 - value) | 0 : value;
  }
}

/**
 * The number that four ASCII digits are, read as one little-endian word; −1 where a byte is none. Each step adds up
 * neighbours in parallel: digits to pairs, pairs to the four.
 */
function fourDigitsOf(word: number): number {
  // The upper halves of 0 … 9 are 3, and stay it when 6 is added; a carry goes out of a byte that is not one of them.
  if ((word & UPPER_HALVES) !== ALL_THREE || ((word + ALL_SIX) & UPPER_HALVES) !== ALL_THREE) return -1;
  const digits = word - ALL_THREE;
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return (pairs & 0xff) * 100 + (pairs >>> 16);
}

const UPPER_HALVES = 0xf0f0f0f0 | 0;
const ALL_THREE = 0x30303030;
const ALL_SIX = 0x06060606;

/** Whether `w` × 10^-`places` is further from the double `value` than half a unit of its last digit, or nearly so. */
function isFar(w: number, value: number, places: number): boolean {
  const power = powerIndex(places);
  const product = value * POWERS[power]!;
  const split = SPLITTER * value;
  const top = split - (split - value);
  const rest = value - top;
  const p2 = POWERS[power + 2]!;
  const p3 = POWERS[power + 3]!;
  const error = top * p2 - product + top * p3 + rest * p2 + rest * p3;
  return Math.abs(w - product - error) > NEAR;
}

/** What `toExponential` gives at most. */
const MOST_PRINTED = 101;

/** Whether the digits of a text are those of its double: the shortest ones, or as many as the text has. */
function keepsDigits(bytes: Uint8Array, start: number, end: number, value: number): boolean {
  const [mantissa = ''] = textOf(bytes, start, end).split(/e/i);
  const digits = mantissa.replace('.', '').replace(/^0+/, '');
  const printed = (text: string): string => text.replace(/e.*/, '').replace('.', '').replace(/0+$/, '');
  const bare = digits.replace(/0+$/, '');
  if (!Number.isFinite(value) || value === 0) return bare === '';
  if (bare === printed(value.toExponential())) return true;
  // The last digit that can be printed may be rounded where the text goes on.
  if (digits.length > MOST_PRINTED)
    return digits.startsWith(
      value
        .toExponential(MOST_PRINTED - 1)
        .replace(/e.*/, '')
        .replace('.', '')
        .slice(0, -1),
    );
  return bare === printed(value.toExponential(Math.max(0, digits.length - 1)));
}

holdShape(new NumberScanner(new Uint8Array(0)));

const one = new Float64Array(1);

/**
 * The number that the bytes from `start` to `end` are, as `Number()` would read their text; undefined when
 * they are not one decimal number (blanks, `NaN`, hexadecimal, nothing).
 */
export function parseFloat64(bytes: Uint8Array, start: number, end: number): number | undefined {
  const scanner = new NumberScanner(bytes, start, end);
  return scanner.scan(one, 0) !== 0 && scanner.at === end ? one[0]! : undefined;
}

/** The integer that the bytes from `start` to `end` are, to the last digit; undefined when they are not one. */
export function parseInteger(bytes: Uint8Array, start: number, end: number): bigint | undefined {
  const signed = bytes[start] === MINUS || bytes[start] === PLUS;
  const digits = signed ? start + 1 : start;
  if (digits >= end) return undefined;
  for (let i = digits; i < end; i++) if (bytes[i]! < ZERO || bytes[i]! > ZERO + 9) return undefined;
  const magnitude = BigInt(textOf(bytes, digits, end));
  return bytes[start] === MINUS ? -magnitude : magnitude;
}

/**
 * Integers of at most 2^53 in magnitude as int64, without a bigint for each.
 *
 * @param count how many of `values` to take
 */
export function int64OfIntegers(values: Float64Array, count: number = values.length): BigInt64Array {
  const out = new BigInt64Array(count);
  const halves = new Int32Array(out.buffer);
  const low = LITTLE_ENDIAN ? 0 : 1;
  for (let i = 0; i < count; i++) {
    const value = values[i]!;
    halves[2 * i + low] = value;
    halves[2 * i + 1 - low] = Math.floor(value / 2 ** 32);
  }
  return out;
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function numberOfText(bytes: Uint8Array, start: number, end: number): number {
  return Number(textOf(bytes, start, end));
}

const CHUNK = 4096;

function textOf(bytes: Uint8Array, start: number, end: number): string {
  let text = '';
  for (let at = start; at < end; at += CHUNK)
    text += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + CHUNK)));
  return text;
}
