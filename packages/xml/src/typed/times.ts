import { NAT } from '@formatlab/core';
import type { XmlWriter } from '../write/xml-writer.js';

/** Places behind the second that a unit has. Other units are written as their ticks. */
const PLACES: Readonly<Record<string, number>> = { D: 0, s: 0, ms: 3, us: 6, ns: 9 };
const SECONDS_PER_DAY = 86_400;
const NAT_HIGH = -(2 ** 31);
const HALF = 2 ** 32;
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
/** Days of 0001-01-01 and of 10000-01-01: years of four digits lie between. */
const FIRST_DAY = -719_162;
const BEHIND_LAST_DAY = 2_932_897;
/** Room for any time. */
export const TIME_ROOM = 40;

const ZERO = 0x30;
const MINUS = 0x2d;
const POINT = 0x2e;
const COLON = 0x3a;
const AT = 0x40;
const LETTER_T = 0x54;
const LETTER_Z = 0x5a;

/**
 * Writes datetime64 as ISO 8601 with all the digits of the unit, `NaT`, and what has no such text (other units,
 * years beyond 0001 to 9999) as `@` and its ticks.
 *
 * @param utc whether the ticks are UTC: a `Z` stands at the end
 */
export function timeWriter(
  data: BigInt64Array,
  unit: string,
  utc: boolean,
): (writer: XmlWriter, index: number) => void {
  const places = PLACES[unit];
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const perSecond = 10 ** (places ?? 0);
  let day = Number.NaN;
  const dayText = new Uint8Array(10);
  return (writer, index) => {
    const high = halves[2 * index + 1 - LOW]!;
    const low = halves[2 * index + LOW]! >>> 0;
    if (high === NAT_HIGH && low === 0) return writer.ascii('NaT');
    if (places === undefined) return writer.ascii(`@${data[index]!}`);
    let seconds: number;
    let fraction = 0;
    if (places === 9) {
      const ticks = data[index]!;
      const whole = ticks / 1_000_000_000n;
      fraction = Number(ticks - whole * 1_000_000_000n);
      seconds = Number(whole);
      if (fraction < 0) {
        fraction += 1e9;
        seconds--;
      }
    } else {
      const ticks = high * HALF + low;
      if (!Number.isSafeInteger(ticks)) return writer.ascii(`@${data[index]!}`);
      seconds = unit === 'D' ? ticks * SECONDS_PER_DAY : Math.floor(ticks / perSecond);
      if (places > 0) fraction = ticks - seconds * perSecond;
    }
    const newDay = Math.floor(seconds / SECONDS_PER_DAY);
    if (!(newDay >= FIRST_DAY && newDay < BEHIND_LAST_DAY)) return writer.ascii(`@${data[index]!}`);
    if (newDay !== day) {
      day = newDay;
      const date = new Date(day * SECONDS_PER_DAY * 1000);
      putDigits(dayText, 0, date.getUTCFullYear(), 4);
      dayText[4] = MINUS;
      putDigits(dayText, 5, date.getUTCMonth() + 1, 2);
      dayText[7] = MINUS;
      putDigits(dayText, 8, date.getUTCDate(), 2);
    }
    const { bytes } = writer;
    let at = writer.at;
    for (let i = 0; i < 10; i++) bytes[at++] = dayText[i]!;
    if (unit !== 'D') {
      const ofDay = seconds - day * SECONDS_PER_DAY;
      bytes[at] = LETTER_T;
      putDigits(bytes, at + 1, (ofDay / 3600) | 0, 2);
      bytes[at + 3] = COLON;
      putDigits(bytes, at + 4, ((ofDay / 60) | 0) % 60, 2);
      bytes[at + 6] = COLON;
      putDigits(bytes, at + 7, ofDay % 60, 2);
      at += 9;
      if (places > 0) {
        bytes[at] = POINT;
        putDigits(bytes, at + 1, fraction, places);
        at += places + 1;
      }
      if (utc) bytes[at++] = LETTER_Z;
    }
    writer.at = at;
  };
}

/** Reads what {@link timeWriter} writes; false where the text is no time of the unit. */
export function timeReader(
  data: BigInt64Array,
  unit: string,
): (bytes: Uint8Array, from: number, to: number, index: number) => boolean {
  const places = PLACES[unit];
  const halves = new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
  const perSecond = 10 ** (places ?? 0);
  let day = Number.NaN;
  let dayCode = -1;
  return (bytes, from, to, index) => {
    if (bytes[from] === AT || to - from === 3) {
      const ticks = ticksOf(bytes, from, to);
      if (ticks === undefined) return false;
      data[index] = ticks;
      return true;
    }
    if (places === undefined || to - from < 10) return false;
    if (bytes[from + 4] !== MINUS || bytes[from + 7] !== MINUS) return false;
    const year = digits(bytes, from, 4);
    const month = digits(bytes, from + 5, 2);
    const dayOfMonth = digits(bytes, from + 8, 2);
    if (year < 1 || month < 0 || dayOfMonth < 0) return false;
    const code = (year * 16 + month) * 32 + dayOfMonth;
    if (code !== dayCode) {
      const time = Date.UTC(2000, month - 1, dayOfMonth);
      const date = new Date(time);
      date.setUTCFullYear(year, month - 1, dayOfMonth);
      if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== dayOfMonth) return false;
      day = date.getTime() / (SECONDS_PER_DAY * 1000);
      dayCode = code;
    }
    if (unit === 'D') {
      if (to - from !== 10) return false;
      putTicks(halves, index, day);
      return true;
    }
    const end = bytes[to - 1] === LETTER_Z ? to - 1 : to;
    if (end - from !== 19 + (places > 0 ? places + 1 : 0)) return false;
    if (bytes[from + 10] !== LETTER_T || bytes[from + 13] !== COLON || bytes[from + 16] !== COLON)
      return false;
    const hour = digits(bytes, from + 11, 2);
    const minute = digits(bytes, from + 14, 2);
    const second = digits(bytes, from + 17, 2);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return false;
    const seconds = day * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
    let fraction = 0;
    if (places > 0) {
      if (bytes[from + 19] !== POINT) return false;
      fraction = digits(bytes, from + 20, places);
      if (fraction < 0) return false;
    }
    if (places === 9) {
      const ticks = BigInt(seconds) * 1_000_000_000n + BigInt(fraction);
      if (BigInt.asIntN(64, ticks) !== ticks) return false;
      data[index] = ticks;
      return true;
    }
    const ticks = seconds * perSecond + fraction;
    // Years 1 to 9999 in microseconds go beyond the integers that a double holds.
    if (Number.isSafeInteger(ticks)) putTicks(halves, index, ticks);
    else data[index] = BigInt(seconds) * BigInt(perSecond) + BigInt(fraction);
    return true;
  };
}

/** `@` and an integer, or `NaT`. */
function ticksOf(bytes: Uint8Array, from: number, to: number): bigint | undefined {
  if (to - from > TIME_ROOM) return undefined;
  const text = String.fromCharCode(...bytes.subarray(from, to));
  if (text === 'NaT') return NAT;
  if (!/^@-?\d+$/.test(text)) return undefined;
  const ticks = BigInt(text.slice(1));
  return BigInt.asIntN(64, ticks) === ticks ? ticks : undefined;
}

function putTicks(halves: Int32Array, index: number, ticks: number): void {
  halves[2 * index + LOW] = ticks;
  halves[2 * index + 1 - LOW] = Math.floor(ticks / HALF);
}

function putDigits(out: Uint8Array, at: number, value: number, count: number): void {
  let rest = value;
  for (let to = at + count - 1; to >= at; to--) {
    const tenth = Math.floor(rest / 10);
    out[to] = ZERO + rest - tenth * 10;
    rest = tenth;
  }
}

/** A number of so many digits; -1 where something else stands among them. */
function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return -1;
    value = value * 10 + digit;
  }
  return value;
}
