import { isRecord, type Tagged, type Value } from '@formatlab/core';
import { REDUCE } from '../machine/opcodes.js';
import { writeUtc } from './dates.js';
import type { Pickler } from './pickler.js';

const DAY = /^(\d{4})-(\d\d)-(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?$/;
const OFFSET = /^([-+])(\d\d):(\d\d)(?::(\d\d))?$/;
const ZONE_NAME = /^[A-Za-z][\w+\-/]*$/;
/** In the first byte of the month or hour: the second of two equal times when clocks go back. */
const FOLD = 0x80;

/** A `datetime.date`, `time`, `datetime` or `ZoneInfo` as reading gives them; false, with nothing written, for other texts. */
export function writeTimes(to: Pickler, tagged: Tagged): boolean {
  const { tag, value, attributes } = tagged;
  if (typeof value !== 'string') return false;
  const about = aboutOf(attributes);
  if (about === undefined) return false;
  if (tag === 'date')
    return attributes === undefined && write(to, tagged, 'date', dayBytes(value), undefined);
  if (tag === 'time') return write(to, tagged, 'time', folded(timeBytes(value), 0, about.fold), about.zone);
  if (tag === 'datetime') {
    const [day = '', time = ''] = value.split('T');
    const [front, back] = [dayBytes(day), timeBytes(time)];
    const bytes = front === undefined || back === undefined ? undefined : [...front, ...back];
    return write(to, tagged, 'datetime', folded(bytes, 2, about.fold), about.zone);
  }
  if (tag !== 'zoneinfo' || attributes !== undefined || !ZONE_NAME.test(value)) return false;
  writeZone(to, value);
  to.memoize(tagged);
  return true;
}

function aboutOf(
  attributes: { readonly [name: string]: Value } | undefined,
): { readonly fold: boolean; readonly zone: string | undefined } | undefined {
  if (attributes === undefined) return { fold: false, zone: undefined };
  if (!isRecord(attributes)) return undefined;
  const { zone, fold, ...others } = attributes as { readonly [name: string]: Value | undefined };
  if (Object.keys(others).length > 0 || (fold !== undefined && fold !== 1)) return undefined;
  if (zone !== undefined && (typeof zone !== 'string' || !(OFFSET.test(zone) || ZONE_NAME.test(zone))))
    return undefined;
  return { fold: fold === 1, zone };
}

function write(
  to: Pickler,
  tagged: Tagged,
  name: string,
  bytes: readonly number[] | undefined,
  zone: string | undefined,
): boolean {
  if (bytes === undefined) return false;
  to.global('datetime', name);
  to.tuple(zone === undefined ? 1 : 2, (i) => {
    if (i === 0) to.bytes(Uint8Array.from(bytes), {});
    else if (zone === 'UTC') writeUtc(to);
    else if (OFFSET.test(zone!)) writeOffset(to, zone!);
    else writeZone(to, zone!);
  });
  to.out.byte(REDUCE);
  to.memoize(tagged);
  return true;
}

function dayBytes(text: string): number[] | undefined {
  const [, year, month, day] = DAY.exec(text) ?? [];
  if (year === undefined || Number(year) === 0) return undefined;
  const date = new Date(`${text}T00:00:00Z`);
  if (Number.isNaN(date.getTime()) || date.getUTCDate() !== Number(day)) return undefined;
  return [Number(year) >> 8, Number(year) & 0xff, Number(month), Number(day)];
}

function timeBytes(text: string): number[] | undefined {
  const [, hour, minute, second, fraction = ''] = TIME.exec(text) ?? [];
  if (hour === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const microseconds = Number(fraction.padEnd(6, '0'));
  return [hour, minute, second]
    .map(Number)
    .concat([microseconds >> 16, (microseconds >> 8) & 0xff, microseconds & 0xff]);
}

function folded(bytes: number[] | undefined, at: number, fold: boolean): number[] | undefined {
  if (bytes !== undefined && fold) bytes[at]! |= FOLD;
  return bytes;
}

/** `zoneinfo.ZoneInfo(key)`. */
function writeZone(to: Pickler, name: string): void {
  to.global('zoneinfo', 'ZoneInfo');
  to.tuple(1, () => to.text(name));
  to.out.byte(REDUCE);
}

function writeOffset(to: Pickler, zone: string): void {
  const [, sign, hours, minutes, seconds = '0'] = OFFSET.exec(zone)!;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  to.global('datetime', 'timezone');
  to.tuple(1, () => {
    to.global('datetime', 'timedelta');
    to.tuple(3, (i) => to.integer(i === 1 ? (sign === '-' ? -size : size) : 0));
    to.out.byte(REDUCE);
  });
  to.out.byte(REDUCE);
}
