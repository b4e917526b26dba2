// AssemblyScript, not TypeScript: `npm run build:wasm` compiles it into src/numbers/number-rows.wasm.ts.
//
// Reads decimal numbers as src/numbers/parse-number.ts does, with the same arithmetic, and leaves every case that is
// out of the ordinary to it: a number that is not certain to come out to the bit is not stored, and the scan stops there.

// Layout of the memory, also in src/numbers/number-rows.ts.
const POSITION: usize = 0;
const COLUMN: usize = 4;
const ROWS: usize = 8;
const IS_FLOAT: usize = 12;
const MISSING_POWER: usize = 16;
const EXPECTS_NUMBER: usize = 20;
/** Four doubles a power of ten, from 10^-290 on: see powers-of-ten.ts. */
const POWERS: usize = 1024;
/** One byte a column: 1 where a number with a fraction was met. */
const FLOATS: usize = 20480;
const INPUT: usize = 65536;
const OUTPUT: usize = 262144;
const OUTPUT_END: usize = 786432;

const LEAST_POWER: i32 = -290;
const MOST_POWER: i32 = 270;
const SPLITTER: f64 = 134217729;
const ERROR: f64 = 6.310887241768095e-30;
/** Half a unit of the last digit, less the error of what it is compared with: below 10^-10 for 19 digits. */
const NEAR: f64 = 0.499999999;
const LEAST_SIXTEEN_DIGITS: u64 = 1000000000000000;
const TWO_TO_53: u64 = 9007199254740992;
const MOST_DIGITS: i32 = 19;
const LONGEST_EXPONENT: i32 = 4;

const LF: u32 = 0x0a;
const CR: u32 = 0x0d;
const BLANK: u32 = 0x20;
const COMMA: u32 = 0x2c;
const MINUS: u32 = 0x2d;
const PLUS: u32 = 0x2b;
const DOT: u32 = 0x2e;
const ZERO: u32 = 0x30;
const LOWER_E: u32 = 0x65;
const ZEROS: u64 = 0x3030303030303030;

/** What {@link number} read, where it gives a position. */
let value: f64 = 0;
let isFloat: i32 = 0;
/** Digits so far, as an integer. */
let mantissa: u64 = 0;

/**
 * Numbers with `delimiter` between them in rows of `columns`, from the input's byte `from` to `end`, `most` of them.
 * Gives how many were stored; the state says where the scan stopped: at the end, or before a cell that is anything else.
 */
export function scanRows(
  from: i32,
  end: i32,
  last: i32,
  column: i32,
  columns: i32,
  delimiter: u32,
  most: i32,
): i32 {
  const stop = INPUT + <usize>end;
  let at = INPUT + <usize>from;
  let cell = at;
  let out = OUTPUT;
  const full = min(OUTPUT_END, OUTPUT + (<usize>most << 3));
  let rows = 0;
  store<i32>(MISSING_POWER, 0);
  while (cell < stop && out < full) {
    at = number(cell);
    if (at == 0 || (at >= stop && last == 0)) break;
    const byte = <u32>load<u8>(at);
    if (column < columns - 1) {
      if (byte != delimiter || at >= stop) break;
      at++;
    } else if (at < stop) {
      if (byte == CR) {
        if (at + 1 >= stop && last == 0) break;
        at += load<u8>(at + 1) == LF ? 2 : 1;
      } else if (byte == LF) at++;
      else break;
    }
    store<f64>(out, value);
    out += 8;
    if (isFloat != 0) store<u8>(FLOATS + <usize>column, 1);
    cell = at;
    if (++column == columns) {
      column = 0;
      rows++;
    }
  }
  store<i32>(POSITION, <i32>(cell - INPUT));
  store<i32>(COLUMN, column);
  store<i32>(ROWS, rows);
  return <i32>((out - OUTPUT) >> 3);
}

/**
 * Numbers with commas and blanks between them, as in a list of JSON. Stops behind the last number, or before one that
 * is anything else; EXPECTS_NUMBER tells which.
 */
export function scanList(from: i32, end: i32, last: i32, most: i32): i32 {
  const stop = INPUT + <usize>end;
  let cell = INPUT + <usize>from;
  let out = OUTPUT;
  const full = min(OUTPUT_END, OUTPUT + (<usize>most << 3));
  let expects = 1;
  let floats = 0;
  store<i32>(MISSING_POWER, 0);
  while (out < full) {
    let at = number(cell);
    if (at == 0 || (at >= stop && last == 0)) break;
    let byte = <u32>load<u8>(at);
    if (byte == COMMA) {
      at++;
      while ((byte = <u32>load<u8>(at)) <= BLANK && at < stop) {
        if (byte != BLANK && byte != LF && byte != CR && byte != 9) break;
        at++;
      }
      if (at >= stop) break;
      expects = 1;
    } else expects = 0;
    store<f64>(out, value);
    out += 8;
    floats |= isFloat;
    cell = at;
    if (expects == 0) break;
  }
  store<i32>(POSITION, <i32>(cell - INPUT));
  store<i32>(EXPECTS_NUMBER, expects);
  store<i32>(IS_FLOAT, floats);
  return <i32>((out - OUTPUT) >> 3);
}

/** Position behind the number at `start`, with its double in `value`; 0 for what is not read here. */
function number(start: usize): usize {
  let at = start;
  let byte = <u32>load<u8>(at);
  const negative = byte == MINUS;
  if (negative) byte = <u32>load<u8>(++at);
  if (byte - ZERO > 9) return 0;
  const first = at;
  mantissa = 0;
  let places: i32 = 0;
  let float: i32 = 0;
  if (byte == ZERO) {
    at++;
    if (<u32>load<u8>(at) - ZERO <= 9) return 0;
  } else at = digits(at);
  let count = <i32>(at - first);
  if (load<u8>(at) == DOT) {
    const fraction = at + 1;
    at = digits(fraction);
    places = <i32>(at - fraction);
    if (places == 0) return 0;
    count += places;
    float = 1;
  }
  if (count > MOST_DIGITS && count - leadingZeros(first) > MOST_DIGITS) return 0;
  let exponent = -places;
  if ((<u32>load<u8>(at) | 0x20) == LOWER_E) {
    at++;
    byte = <u32>load<u8>(at);
    const below = byte == MINUS;
    if (below || byte == PLUS) at++;
    const from = at;
    let size: i32 = 0;
    for (; ; at++) {
      const digit = <u32>load<u8>(at) - ZERO;
      if (digit > 9) break;
      if (at - from >= <usize>LONGEST_EXPONENT) return 0;
      size = size * 10 + <i32>digit;
    }
    if (at == from) return 0;
    exponent += below ? -size : size;
    float = 1;
  }
  const w = mantissa;
  let result: f64 = 0;
  if (w == 0) {
    if (negative) float = 1;
  } else if (exponent == 0 ? w < TWO_TO_53 : w < LEAST_SIXTEEN_DIGITS && exponent >= -22 && exponent <= 22) {
    // Both operands are exact, so one rounding is the right one.
    const whole = <f64>w;
    if (exponent >= 0) {
      result = exponent == 0 ? whole : whole * load<f64>(powerAt(exponent));
      // As an integer it is too wide for a double.
      if (float == 0 && result >= <f64>TWO_TO_53) return 0;
    } else result = whole / load<f64>(powerAt(-exponent));
  } else {
    if (float == 0 || exponent < LEAST_POWER || exponent > MOST_POWER) return 0;
    const power = powerAt(exponent);
    const p1 = load<f64>(power);
    if (p1 == 0) {
      store<i32>(MISSING_POWER, exponent);
      return 0;
    }
    const high = <f64>w;
    const low = <f64>(<i64>(w - <u64>high));
    const product = high * p1;
    const split = SPLITTER * high;
    const top = split - (split - high);
    const rest = high - top;
    const p2 = load<f64>(power + 16);
    const p3 = load<f64>(power + 24);
    const error =
      top * p2 - product + top * p3 + rest * p2 + rest * p3 + (high * load<f64>(power + 8) + low * p1);
    const margin = product * ERROR;
    result = product + (error + margin);
    // The true value lies between the two sums: rounding is certain when they agree.
    if (result != product + (error - margin)) return 0;
    if (w >= LEAST_SIXTEEN_DIGITS && abs(product - result + error) > NEAR * p1) return 0;
  }
  value = negative ? -result : result;
  isFloat = float;
  return at;
}

/** Adds the digits at `at` to `mantissa`, eight at a time; the position behind them. It may overflow: their count tells. */
function digits(at: usize): usize {
  for (;;) {
    const chunk = load<u64>(at);
    // High bits of bytes that are no digits: other high halves, and 0x3a to 0x3f.
    const other =
      ((chunk & 0xf0f0f0f0f0f0f0f0) ^ ZEROS) | (((chunk + 0x0606060606060606) & 0xf0f0f0f0f0f0f0f0) ^ ZEROS);
    if (other == 0) {
      mantissa = mantissa * 100000000 + eight(chunk);
      at += 8;
      continue;
    }
    const bits = ctz(other) & 0x38;
    if (bits == 0) return at;
    mantissa = mantissa * load<u64>(TENS + <usize>bits) + eight((chunk << (64 - bits)) | (ZEROS >> bits));
    return at + <usize>(bits >> 3);
  }
}

/** The number that eight ASCII digits are, the first one in the lowest byte. */
// @ts-expect-error: decorators of AssemblyScript
@inline
function eight(chunk: u64): u64 {
  let pairs = chunk - ZEROS;
  pairs = pairs * 10 + (pairs >> 8);
  return (
    ((pairs & 0x000000ff000000ff) * 0x000f424000000064 +
      ((pairs >> 16) & 0x000000ff000000ff) * 0x0000271000000001) >>
    32
  );
}

/** 10^0 to 10^7. */
const TENS: usize = memory.data<u64>([1, 10, 100, 1000, 10000, 100000, 1000000, 10000000]);

// @ts-expect-error: decorators of AssemblyScript
@inline
function powerAt(exponent: i32): usize {
  return POWERS + (<usize>(exponent - LEAST_POWER) << 5);
}

/** Zeros before the first other digit, the point left out. */
function leadingZeros(first: usize): i32 {
  let zeros: i32 = 0;
  let at = first;
  let byte = <u32>load<u8>(at);
  while (byte == ZERO || byte == DOT) {
    if (byte == ZERO) zeros++;
    byte = <u32>load<u8>(++at);
  }
  return zeros;
}
