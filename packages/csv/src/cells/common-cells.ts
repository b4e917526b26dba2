import { DATE, FLOAT, INT, LOCAL_TIME } from './kinds.js';

const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const ZERO = 0x30;
/** Digits that a double holds whatever they are. */
const MOST_DIGITS = 15;
const DATE_LENGTH = 10;
const TIME_LENGTH = 19;

/**
 * The kind of a cell in one of the forms that most cells have: numbers of up to 15 digits without exponent, dates, and
 * times to the second. 0 for all that needs a closer look.
 */
export function commonKind(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start;
  if (length >= DATE_LENGTH && bytes[start + 4] === MINUS) return timeKind(bytes, start, length);
  let at = start;
  const negative = bytes[at] === MINUS;
  if (negative) at++;
  const first = at;
  if (end - first > MOST_DIGITS + 1 || first === end) return 0;
  let dot = -1;
  let digits = 0;
  for (; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit >= 0 && digit <= 9) digits |= digit;
    else if (bytes[at] === DOT && dot < 0 && at > first) dot = at;
    else return 0;
  }
  const whole = (dot < 0 ? end : dot) - first;
  // Leading zeros are not kept, a needless dot is not either, and zero has a sign.
  if ((bytes[first] === ZERO && whole > 1) || dot === end - 1 || digits === 0) return 0;
  if (dot >= 0) return FLOAT;
  return whole <= MOST_DIGITS ? INT : 0;
}

/** An integer of up to 15 digits; NaN for all that needs a closer look. */
export function commonInteger(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === MINUS;
  const first = negative ? start + 1 : start;
  const length = end - first;
  if (length > MOST_DIGITS || length === 0 || bytes[first] === ZERO) return Number.NaN;
  let value = 0;
  for (let at = first; at < end; at++) {
    const digit = bytes[at]! - ZERO;
    if (digit < 0 || digit > 9) return Number.NaN;
    value = value * 10 + digit;
  }
  return negative ? -value : value;
}

function timeKind(bytes: Uint8Array, start: number, length: number): number {
  if (bytes[start + 7] !== MINUS) return 0;
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  // Days that every month has, in years that nanoseconds reach.
  if (!(year >= 1700 && year <= 2200 && month >= 1 && month <= 12 && day >= 1 && day <= 28)) return 0;
  if (length === DATE_LENGTH) return DATE;
  if (length !== TIME_LENGTH || bytes[start + 13] !== COLON || bytes[start + 16] !== COLON) return 0;
  const separator = bytes[start + 10];
  if (separator !== 0x54 && separator !== 0x20) return 0;
  const hour = pair(bytes, start + 11);
  const minute = pair(bytes, start + 14);
  const second = pair(bytes, start + 17);
  return hour <= 23 && minute <= 59 && second <= 59 ? LOCAL_TIME : 0;
}

/** The number of two digits; far above 99 where they are none. */
export function pair(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >>> 0 > 9 || ones >>> 0 > 9 ? 1e6 : tens * 10 + ones;
}
