import { LEAST_POWER, MOST_POWER, POWERS, powerIndex, SPLITTER } from './powers-of-ten.js';

/** The longest text of {@link formatFloat64}: `-1.2345678901234567e-300` and one to spare. */
export const MAX_FLOAT_LENGTH = 25;

const MINUS = 0x2d;
const PLUS = 0x2b;
const DOT = 0x2e;
const ZERO = 0x30;
const LOWER_E = 0x65;

/** Python's `repr` leaves positional notation outside 1e-4 … 1e16. */
const MOST_INTEGER_DIGITS = 16;
const MOST_LEADING_ZEROS = 3;

const MOST_EXACT_INTEGER = 1e15;
const HALF_DIGITS = 1e8;
const MOST_SPLIT_EXPONENT = 2000;
/** Distances to a rounding boundary below this are not trusted: `rounded` below keeps 26 bits of fraction. */
const UNSURE = 2 ** -24;

const EXPONENT_SHIFT = 20;
const EXPONENT_MASK = 0x7ff;
const BIAS = 1075;

const scratch = new Float64Array(2);
const words = new Uint32Array(scratch.buffer);
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
const HIGH = 1 - LOW;

/** ASCII of 0000 … 9999, the four bytes of each as one big-endian number. */
const FOUR_DIGITS = fourDigits();

/** Where digits were written last, and a view on it: writers fill one buffer with many numbers. */
let viewed: Uint8Array = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);

/** How many decimals the numbers before had, where they were few: columns of data tend to agree. */
let decimals = 1;
const MOST_FEW_DECIMALS = 9;

/**
 * Writes the shortest decimal that reads back as `values[index]`, as Python's `repr` does: `0.1`, `1.0`,
 * `-0.0`, `1e-05`, `1e+16`, `nan`, `inf`. Returns the position behind it.
 *
 * The number comes in a Float64Array so that it is not boxed.
 *
 * @param out has at least {@link MAX_FLOAT_LENGTH} bytes from `at` on
 */
export function formatFloat64(values: Float64Array, index: number, out: Uint8Array, at: number): number {
  let value = values[index]!;
  if (value < 0 || (value === 0 && 1 / value < 0)) {
    out[at++] = MINUS;
    value = -value;
  }
  if (value < MOST_EXACT_INTEGER) {
    if (value === Math.floor(value)) {
      const behind = writeInteger(value, out, at);
      out[behind] = DOT;
      out[behind + 1] = ZERO;
      return behind + 2;
    }
    const behind = writeFewDecimals(value, out, at);
    if (behind > 0) return behind;
  }
  return writeShortest(value, out, at);
}

/** Writes a whole number of magnitude below 1e15 and returns the position behind it. */
export function formatInteger(value: number, out: Uint8Array, at: number): number {
  if (value < 0) {
    out[at++] = MINUS;
    return writeInteger(-value, out, at);
  }
  return writeInteger(value, out, at);
}

function writeInteger(value: number, out: Uint8Array, at: number): number {
  if (value < 10) {
    out[at] = ZERO + value;
    return at + 1;
  }
  if (value < HALF_DIGITS) {
    const whole = value | 0;
    return writeDigits(whole, digitsOf(whole), out, at);
  }
  const high = Math.floor(value / HALF_DIGITS);
  const behind = writeDigits(high, digitsOf(high), out, at);
  return writeDigits((value - high * HALF_DIGITS) | 0, 8, out, behind);
}

const SMALL_POWERS = Float64Array.from({ length: 10 }, (_, power) => 10 ** power);

/**
 * Writes numbers such as 12.3456: at most 9 decimals and 15 digits, for which a product and a quotient tell
 * exactly whether they are meant. Two decimals of at most 15 digits are never the same double, so the
 * shortest text is that one without its trailing zeros. Returns 0 for other numbers.
 */
function writeFewDecimals(value: number, out: Uint8Array, at: number): number {
  if (value < 1e-4) return 0;
  let used = decimals;
  const scaled = Math.floor(value * SMALL_POWERS[used]! + 0.5);
  if (scaled >= MOST_EXACT_INTEGER || scaled / SMALL_POWERS[used]! !== value) return 0;
  const whole = Math.floor(value);
  let fraction = (scaled - whole * SMALL_POWERS[used]!) | 0;
  const point = writeInteger(whole, out, at);
  out[point] = DOT;
  while (fraction % 10 === 0) {
    fraction = (fraction / 10) | 0;
    used--;
  }
  return writeDigits(fraction, used, out, point + 1);
}

/**
 * Writes a positive number by its decimal interval: of the decimals that read back as it, the shortest, and of
 * those the nearest. The interval's ends are known to 2^-26 of the last digit's place; what is closer
 * to a decision than that is left to `String()`.
 */
function writeShortest(value: number, out: Uint8Array, at: number): number {
  scratch[0] = value;
  const high = words[HIGH]!;
  const biased = (high >>> EXPONENT_SHIFT) & EXPONENT_MASK;
  // A power of two has a lopsided interval; subnormals, infinities and NaN have none of this form, and the largest
  // numbers would overflow when they are split.
  if (biased < 64 || biased > MOST_SPLIT_EXPONENT || ((high & 0xfffff) === 0 && words[LOW] === 0))
    return writeText(value, out, at);
  // value = m × 2^exponent with 2^52 ≤ m < 2^53, and 1 ≤ 2^exponent / 10^k < 10
  const exponent = biased - BIAS;
  const k = Math.floor(exponent * Math.LOG10E * Math.LN2);
  if (-k < LEAST_POWER || -k > MOST_POWER) return writeText(value, out, at);
  const power = powerIndex(-k);
  const nearest = POWERS[power]!;
  const p2 = POWERS[power + 2]!;
  const p3 = POWERS[power + 3]!;
  const p = value * nearest;
  const split = SPLITTER * value;
  const top = split - (split - value);
  const rest = value - top;
  const low = top * p2 - p + top * p3 + rest * p2 + rest * p3 + value * POWERS[power + 1]!;
  // Half the distance to the neighbouring doubles, in units of 10^k: 0.5 … 5
  words[LOW + 2] = 0;
  words[HIGH + 2] = (biased - 53) << EXPONENT_SHIFT;
  const half = scratch[1]! * nearest;

  // value / 10^k = upper × 10^8 + lower + fraction
  let upper = Math.floor(p / HALF_DIGITS);
  let rounded = p - upper * HALF_DIGITS + low;
  if (rounded < 0) {
    upper--;
    rounded += HALF_DIGITS;
  }
  const floor = Math.floor(rounded);
  const fraction = rounded - floor;
  const last = floor % 10;
  const down = last + fraction;
  const up = 10 - down;
  let lower = floor;
  if (Math.abs(down - half) < UNSURE || Math.abs(up - half) < UNSURE || Math.abs(fraction - 0.5) < UNSURE)
    return writeText(value, out, at);
  if (down < half) lower -= last;
  else if (up < half) lower += 10 - last;
  else if (fraction > 0.5) lower++;
  if (lower >= HALF_DIGITS) {
    upper++;
    lower -= HALF_DIGITS;
  }
  return placePoint(upper | 0, lower | 0, k, out, at);
}

/** Writes (`upper` × 10^8 + `lower`) × 10^`k` without its trailing zeros. */
function placePoint(upper: number, lower: number, k: number, out: Uint8Array, at: number): number {
  const upperDigits = digitsOf(upper);
  const point = upperDigits + 8 + k;
  if (point > 0 && point <= MOST_INTEGER_DIGITS) {
    // Digits one place to the right of where they belong; those before the point then move left.
    let behind = trimZeros(out, writeDigits(lower, 8, out, writeDigits(upper, upperDigits, out, at + 1)));
    for (let i = 0; i < point; i++) out[at + i] = at + i + 1 < behind ? out[at + i + 1]! : ZERO;
    out[at + point] = DOT;
    if (behind <= at + point + 1) {
      out[at + point + 1] = ZERO;
      behind = at + point + 2;
    }
    if (behind - at - point - 1 <= MOST_FEW_DECIMALS) decimals = behind - at - point - 1;
    return behind;
  }
  if (point <= 0 && point >= -MOST_LEADING_ZEROS) {
    out[at] = ZERO;
    out[at + 1] = DOT;
    let to = at + 2;
    for (let i = point; i < 0; i++) out[to++] = ZERO;
    return trimZeros(out, writeDigits(lower, 8, out, writeDigits(upper, upperDigits, out, to)));
  }
  let behind = trimZeros(out, writeDigits(lower, 8, out, writeDigits(upper, upperDigits, out, at + 1)));
  out[at] = out[at + 1]!;
  out[at + 1] = DOT;
  if (behind === at + 2) behind = at + 1;
  return writeExponent(point - 1, out, behind);
}

/** `e+16`, `e-05`: a sign always, and two digits at least. */
function writeExponent(exponent: number, out: Uint8Array, at: number): number {
  const magnitude = Math.abs(exponent);
  out[at] = LOWER_E;
  out[at + 1] = exponent < 0 ? MINUS : PLUS;
  return writeDigits(magnitude, magnitude < 100 ? 2 : 3, out, at + 2);
}

function trimZeros(out: Uint8Array, behind: number): number {
  while (out[behind - 1] === ZERO) behind--;
  return behind;
}

function digitsOf(value: number): number {
  if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  if (value < HALF_DIGITS) return value < 1e6 ? (value < 1e5 ? 5 : 6) : value < 1e7 ? 7 : 8;
  return value < 1e9 ? 9 : 10;
}

/** Writes an int32 of at most `count` digits with leading zeros. */
function writeDigits(value: number, count: number, out: Uint8Array, at: number): number {
  let to = at + count;
  if (count >= 4) {
    if (out !== viewed) {
      viewed = out;
      view = new DataView(out.buffer, out.byteOffset, out.byteLength);
    }
    while (to - at >= 4) {
      const rest = (value / 10000) | 0;
      to -= 4;
      // One store in place of four: the table holds the digits in the order of their bytes, big-endian.
      view.setInt32(to, FOUR_DIGITS[value - rest * 10000]!);
      value = rest;
    }
  }
  while (to > at) {
    const rest = (value / 10) | 0;
    out[--to] = ZERO + value - rest * 10;
    value = rest;
  }
  return at + count;
}

/** What `String()` makes of it, in the notation of Python's `repr`. */
function writeText(value: number, out: Uint8Array, at: number): number {
  const text = Number.isNaN(value) ? 'nan' : value === Number.POSITIVE_INFINITY ? 'inf' : pythonText(value);
  for (let i = 0; i < text.length; i++) out[at + i] = text.charCodeAt(i);
  return at + text.length;
}

function pythonText(value: number): string {
  const [mantissa = '', exponentText = ''] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const digits = mantissa.replace('.', '');
  const point = exponent + 1;
  if (point > 0 && point <= MOST_INTEGER_DIGITS) {
    return `${digits.slice(0, point).padEnd(point, '0')}.${digits.slice(point) || '0'}`;
  }
  if (point <= 0 && point >= -MOST_LEADING_ZEROS) return `0.${'0'.repeat(-point)}${digits}`;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function fourDigits(): Int32Array {
  const digit = (value: number, place: number): number => ZERO + (Math.floor(value / place) % 10);
  return Int32Array.from(
    { length: 10000 },
    (_, i) => (digit(i, 1000) << 24) | (digit(i, 100) << 16) | (digit(i, 10) << 8) | digit(i, 1),
  );
}
