import { pair } from './common-cells.js';

/** A time as ISO 8601 writes it, in parts that doubles hold exactly. */
export interface Timestamp {
  /** Since 1970-01-01T00:00:00. */
  seconds: number;
  nanoseconds: number;
  /** Digits behind the decimal point: 0 … 9. */
  digits: number;
  form: 'date' | 'local' | 'utc';
}

/** int64 holds nanoseconds up to this many seconds from 1970. */
export const MOST_NANOSECOND_SECONDS = 9_223_372_035;

const SECONDS_PER_DAY = 86_400;
const DAYS_TO_1970 = 719_468;
const DAYS_PER_ERA = 146_097;
const DOT = 0x2e;
const COLON = 0x3a;
const MINUS = 0x2d;
const PLUS = 0x2b;

export function newTimestamp(): Timestamp {
  return { seconds: 0, nanoseconds: 0, digits: 0, form: 'date' };
}

/**
 * Reads `2024-02-29`, `2024-02-29T12:30`, `2024-02-29 12:30:15.123456789Z`: the forms of ISO 8601 that Python
 * and NumPy write, in the proleptic Gregorian calendar; years beyond 9999 have a sign and six digits. An
 * offset has to be that of UTC. False, with `out` in no known state, for everything else, 30 February and
 * leap seconds among it.
 */
export function parseTimestamp(bytes: Uint8Array, start: number, end: number, out: Timestamp): boolean {
  if (end - start === COMMON_LENGTH && readCommon(bytes, start, out)) return true;
  let at = start;
  let year: number;
  const sign = bytes[at];
  if (sign === PLUS || sign === MINUS) {
    year = digitsAt(bytes, at + 1, 6, end);
    if (year < 0 || (sign === MINUS && year === 0)) return false;
    if (sign === MINUS) year = -year;
    at += 7;
  } else {
    year = digitsAt(bytes, at, 4, end);
    if (year < 0) return false;
    at += 4;
  }
  const month = bytes[at] === MINUS ? digitsAt(bytes, at + 1, 2, end) : -1;
  const day = bytes[at + 3] === MINUS ? digitsAt(bytes, at + 4, 2, end) : -1;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return false;
  at += 6;
  out.seconds = daysOf(year, month, day) * SECONDS_PER_DAY;
  out.nanoseconds = 0;
  out.digits = 0;
  out.form = 'date';
  return at === end || parseTime(bytes, at, end, out);
}

/** `2024-02-29T12:30:15` */
const COMMON_LENGTH = 19;

/** A time to the second, most of what is read; false for all that needs a closer look. */
function readCommon(bytes: Uint8Array, start: number, out: Timestamp): boolean {
  const separator = bytes[start + 10];
  if (
    bytes[start + 4] !== MINUS ||
    bytes[start + 7] !== MINUS ||
    bytes[start + 13] !== COLON ||
    bytes[start + 16] !== COLON ||
    (separator !== 0x54 && separator !== 0x20)
  )
    return false;
  const year = pair(bytes, start) * 100 + pair(bytes, start + 2);
  const month = pair(bytes, start + 5);
  const day = pair(bytes, start + 8);
  const hour = pair(bytes, start + 11);
  const minute = pair(bytes, start + 14);
  const second = pair(bytes, start + 17);
  // Days that every month has.
  if (year > 9999 || month < 1 || month > 12 || day < 1 || day > 28) return false;
  if (hour > 23 || minute > 59 || second > 59) return false;
  out.seconds = daysOf(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
  out.nanoseconds = 0;
  out.digits = 0;
  out.form = 'local';
  return true;
}

function parseTime(bytes: Uint8Array, from: number, end: number, out: Timestamp): boolean {
  const separator = bytes[from]!;
  if (separator !== 0x54 && separator !== 0x20) return false;
  const hour = digitsAt(bytes, from + 1, 2, end);
  const minute = bytes[from + 3] === COLON ? digitsAt(bytes, from + 4, 2, end) : -1;
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59) return false;
  let at = from + 6;
  let second = 0;
  if (at < end && bytes[at] === COLON) {
    second = digitsAt(bytes, at + 1, 2, end);
    if (second < 0 || second > 59) return false;
    at += 3;
    if (at < end && bytes[at] === DOT) {
      at = parseFraction(bytes, at + 1, end, out);
      if (at < 0) return false;
    }
  }
  out.seconds += hour * 3600 + minute * 60 + second;
  out.form = at === end ? 'local' : 'utc';
  return at === end || isUtc(bytes, at, end);
}

/** What 0 … 9 digits behind the point are in nanoseconds, each: a power by `**` costs more than the digits. */
const NANOSECONDS = Float64Array.from({ length: 10 }, (_, digits) => 10 ** (9 - digits));

function parseFraction(bytes: Uint8Array, from: number, end: number, out: Timestamp): number {
  let at = from;
  // Nine digits fit an int32.
  let value = 0;
  for (const most = Math.min(end, from + 9); at < most; at++) {
    const digit = bytes[at]! - 0x30;
    if (digit < 0 || digit > 9) break;
    value = (Math.imul(value, 10) + digit) | 0;
  }
  if (at - from === 9 && at < end && bytes[at]! >= 0x30 && bytes[at]! <= 0x39) return -1;
  const digits = at - from;
  out.digits = digits;
  out.nanoseconds = value * NANOSECONDS[digits]!;
  return digits === 0 ? -1 : at;
}

/** `Z`, `+00:00`, `+0000`, `+00` */
function isUtc(bytes: Uint8Array, at: number, end: number): boolean {
  if (bytes[at] === 0x5a) return at + 1 === end;
  if (bytes[at] !== PLUS || digitsAt(bytes, at + 1, 2, end) !== 0) return false;
  if (at + 3 === end) return true;
  const minutes = bytes[at + 3] === COLON ? at + 4 : at + 3;
  return minutes + 2 === end && digitsAt(bytes, minutes, 2, end) === 0;
}

/** The number that exactly `count` digits at `at` make; -1 where they are not all digits. */
function digitsAt(bytes: Uint8Array, at: number, count: number, end: number): number {
  if (at + count > end) return -1;
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - 0x30;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function daysInMonth(year: number, month: number): number {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return MONTH_DAYS[month - 1]! + (leap ? 1 : 0);
}

/** Days from 1970-01-01: years are counted from March, so that the leap day is the last of one. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * DAYS_PER_ERA + dayOfEra - DAYS_TO_1970;
}

/** Year, month and day of a number of days from 1970-01-01. */
export function dateOf(days: number): {
  readonly year: number;
  readonly month: number;
  readonly day: number;
} {
  const z = days + DAYS_TO_1970;
  const era = Math.floor(z / DAYS_PER_ERA);
  const dayOfEra = z - era * DAYS_PER_ERA;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}
