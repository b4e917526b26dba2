import { NAT } from '../values/dtype.js';

const CALENDAR = new Set(['Y', 'M']);
/** Ticks of a unit in a second, or seconds in a tick. */
const PER_SECOND: Readonly<Record<string, bigint>> = {
  s: 1n,
  ms: 10n ** 3n,
  us: 10n ** 6n,
  ns: 10n ** 9n,
  ps: 10n ** 12n,
  fs: 10n ** 15n,
  as: 10n ** 18n,
};
const SECONDS: Readonly<Record<string, bigint>> = { m: 60n, h: 3600n, D: 86_400n, W: 604_800n };

/**
 * ISO 8601 text of datetime64 ticks, with as many places as the unit has: `2024-02-29`, `2024-02-29T12:00:00.000001`.
 * NaT is undefined. Ticks of the unit `generic` are written as a number.
 */
export function isoTime(ticks: bigint, unit: string, utc: boolean): string | undefined {
  if (ticks === NAT) return undefined;
  const [, multiple = '', base = ''] = /^(\d*)(\w+)$/.exec(unit) ?? [];
  const count = ticks * BigInt(multiple === '' ? 1 : multiple);
  if (CALENDAR.has(base)) return calendarText(count, base === 'Y');
  const seconds = SECONDS[base];
  if (seconds !== undefined && (base === 'D' || base === 'W'))
    return dateText(floorDivide(count * seconds, 86_400n));
  const suffix = utc ? 'Z' : '';
  if (seconds !== undefined) return `${secondText(count * seconds)}${suffix}`;
  const perSecond = PER_SECOND[base];
  if (perSecond === undefined) return String(count);
  const whole = floorDivide(count, perSecond);
  const places = String(perSecond).length - 1;
  const fraction = places === 0 ? '' : `.${String(count - whole * perSecond).padStart(places, '0')}`;
  return `${secondText(whole)}${fraction}${suffix}`;
}

function calendarText(count: bigint, years: boolean): string {
  if (years) return yearText(1970n + count);
  const year = floorDivide(count, 12n);
  return `${yearText(1970n + year)}-${String(count - year * 12n + 1n).padStart(2, '0')}`;
}

function secondText(seconds: bigint): string {
  const days = floorDivide(seconds, 86_400n);
  const rest = Number(seconds - days * 86_400n);
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  return `${dateText(days)}T${two(rest / 3600)}:${two((rest / 60) % 60)}:${two(rest % 60)}`;
}

/** Days since 1970-01-01 in the proleptic Gregorian calendar, of any year. */
function dateText(days: bigint): string {
  // Whole cycles of 400 years are taken out, so that a Date can do the rest.
  const cycle = 146_097n;
  const cycles = floorDivide(days, cycle);
  const date = new Date(Number(days - cycles * cycle) * 86_400_000);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${yearText(BigInt(date.getUTCFullYear()) + cycles * 400n)}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}`;
}

/** Four digits, or a sign and at least six (ECMAScript's expanded years). */
function yearText(year: bigint): string {
  if (year >= 0n && year <= 9999n) return String(year).padStart(4, '0');
  return `${year < 0n ? '-' : '+'}${String(year < 0n ? -year : year).padStart(6, '0')}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}
