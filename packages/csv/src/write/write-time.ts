import { FormatError, NAT } from '@formatlab/core';
import { dateOf } from '../cells/timestamp.js';
import type { Chunks } from './chunks.js';

/** How the ticks of a unit are written. */
export interface TimeUnits {
  /** The unit that reading infers. */
  readonly unit: 'D' | 's' | 'ms' | 'us' | 'ns';
  /** Ticks of the array's unit become ticks of `unit`. */
  toTicks(ticks: bigint): bigint;
  /** Whether `toTicks` may cut digits. */
  readonly cuts: boolean;
}

const FACTORS: Readonly<Record<string, readonly [TimeUnits['unit'], bigint]>> = {
  W: ['D', 7n],
  D: ['D', 1n],
  h: ['s', 3600n],
  m: ['s', 60n],
  s: ['s', 1n],
  ms: ['ms', 1n],
  us: ['us', 1n],
  ns: ['ns', 1n],
};
const DIVISORS: Readonly<Record<string, bigint>> = { ps: 1000n, fs: 10n ** 6n, as: 10n ** 9n };

/** @throws FormatError `unsupported` for a unit that is none of time */
export function timeUnits(unit: string | undefined): TimeUnits {
  const [, multiple, base = ''] = /^(\d*)(\w+)$/.exec(unit ?? '') ?? [];
  const count = multiple === undefined || multiple === '' ? 1n : BigInt(multiple);
  const factor = FACTORS[base];
  if (factor !== undefined) {
    const scale = factor[1] * count;
    return { unit: factor[0], toTicks: (ticks) => (ticks === NAT ? NAT : ticks * scale), cuts: false };
  }
  const divisor = DIVISORS[base];
  if (divisor !== undefined)
    return {
      unit: 'ns',
      toTicks: (ticks) => (ticks === NAT ? NAT : floorDivide(ticks * count, divisor)),
      cuts: true,
    };
  if (base === 'M' || base === 'Y') {
    const months = base === 'Y' ? 12n * count : count;
    return {
      unit: 'D',
      toTicks: (ticks) => (ticks === NAT ? NAT : BigInt(daysOfMonths(Number(ticks * months)))),
      cuts: false,
    };
  }
  throw new FormatError('unsupported', `write datetime64 of unit '${unit}': no date follows from it`, {
    format: 'csv',
    feature: `unit ${unit}`,
  });
}

const DIGITS: Readonly<Record<TimeUnits['unit'], number>> = { D: 0, s: 0, ms: 3, us: 6, ns: 9 };
/** The longest text: `+123456-01-01T00:00:00.000000000Z` and some to spare. */
const MOST_BYTES = 48;
const MOST_YEAR = 200_000;
const SECONDS_PER_DAY = 86_400n;

/**
 * Writes `ticks` of `unit` as ISO 8601 with all the digits of the unit, `NaT` for not-a-time.
 *
 * @throws FormatError `unsupported` for years beyond six digits
 */
export function writeTime(chunks: Chunks, ticks: bigint, unit: TimeUnits['unit'], utc: boolean): void {
  chunks.ensure(MOST_BYTES);
  if (ticks === NAT) {
    putAscii(chunks, 'NaT');
    return;
  }
  const digits = DIGITS[unit];
  const perSecond = 10n ** BigInt(digits);
  const seconds = unit === 'D' ? ticks * SECONDS_PER_DAY : floorDivide(ticks, perSecond);
  const fraction = unit === 'D' ? 0 : Number(ticks - seconds * perSecond);
  const days = floorDivide(seconds, SECONDS_PER_DAY);
  const ofDay = Number(seconds - days * SECONDS_PER_DAY);
  if (days > MOST_YEAR * 366 || days < -MOST_YEAR * 366) throw tooFar(ticks, unit);
  const { year, month, day } = dateOf(Number(days));
  if (Math.abs(year) > MOST_YEAR) throw tooFar(ticks, unit);
  if (year < 0 || year > 9999) {
    putAscii(chunks, year < 0 ? '-' : '+');
    putDigits(chunks, Math.abs(year), 6);
  } else putDigits(chunks, year, 4);
  putAscii(chunks, '-');
  putDigits(chunks, month, 2);
  putAscii(chunks, '-');
  putDigits(chunks, day, 2);
  if (unit === 'D') return;
  putAscii(chunks, 'T');
  putDigits(chunks, Math.floor(ofDay / 3600), 2);
  putAscii(chunks, ':');
  putDigits(chunks, Math.floor(ofDay / 60) % 60, 2);
  putAscii(chunks, ':');
  putDigits(chunks, ofDay % 60, 2);
  if (digits > 0) {
    putAscii(chunks, '.');
    putDigits(chunks, fraction, digits);
  }
  if (utc) putAscii(chunks, 'Z');
}

/** Writes short ASCII text; there is room for it. */
export function putAscii(chunks: Chunks, text: string): void {
  for (let i = 0; i < text.length; i++) chunks.out[chunks.at++] = text.charCodeAt(i);
}

function putDigits(chunks: Chunks, value: number, count: number): void {
  const { out, at } = chunks;
  let rest = value;
  for (let to = at + count - 1; to >= at; to--) {
    const tenth = Math.floor(rest / 10);
    out[to] = 0x30 + rest - tenth * 10;
    rest = tenth;
  }
  chunks.at = at + count;
}

function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value < 0n && quotient * by !== value ? quotient - 1n : quotient;
}

/** Days from 1970-01-01 to the first of a month, counted in months from January 1970. */
function daysOfMonths(months: number): number {
  const year = 1970 + Math.floor(months / 12);
  if (Math.abs(year) > MOST_YEAR) throw tooFar(BigInt(months), 'M');
  const time = new Date(0);
  time.setUTCFullYear(year, ((months % 12) + 12) % 12, 1);
  return time.getTime() / 86_400_000;
}

function tooFar(ticks: bigint, unit: string): FormatError {
  return new FormatError(
    'unsupported',
    `write ${ticks} of datetime64[${unit}]: its year has more than six digits`,
    { format: 'csv', feature: 'far years' },
  );
}
