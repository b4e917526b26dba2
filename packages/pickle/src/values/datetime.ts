import { newRecord, Tagged } from '@formatlab/core';
import { type Node, PyGlobal, PyObject } from '../machine/nodes.js';
import { type Handler, nameOf } from './known.js';
import { bytesOf as bytesOfNode } from './numpy.js';

/** Classes of Python's `datetime` and time zones. */
export const DATETIME: readonly [string, Handler][] = [
  ['datetime.date', ({ args }) => tagged('date', dateText(bytesOf(args[0], 4)))],
  ['datetime.time', ({ args }) => zoned('time', timeText(bytesOf(args[0], 6), 0), args[1])],
  ['datetime.datetime', datetime],
  [
    'datetime.timedelta',
    ({ args }) =>
      args.length <= 3 && args.every((part) => typeof part === 'number')
        ? new Tagged(
            'timedelta',
            [0, 1, 2].map((i) => (args[i] as number | undefined) ?? 0),
          )
        : undefined,
  ],
  [
    'datetime.timezone',
    ({ args }) => {
      const seconds = offsetOf(args[0]);
      if (seconds === undefined) return undefined;
      const name = args[1];
      return typeof name === 'string'
        ? new Tagged('timezone', seconds, Object.assign(newRecord(), { name }))
        : new Tagged('timezone', seconds);
    },
  ],
  ['zoneinfo.ZoneInfo', zone],
  ['zoneinfo.ZoneInfo._unpickle', zone],
  ['pytz._p', zone],
  ['pytz._UTC', () => new Tagged('zoneinfo', 'UTC')],
];

function zone({ args: [name] }: Parameters<Handler>[0]): Tagged | undefined {
  return typeof name === 'string' ? new Tagged('zoneinfo', name) : undefined;
}

/** A Date for UTC and whole milliseconds; other times keep their text and zone. */
function datetime({ args }: Parameters<Handler>[0]): Tagged | Date | undefined {
  const bytes = bytesOf(args[0], 10);
  const date = dateText(bytes);
  const time = timeText(bytes, 4);
  if (bytes === undefined || date === undefined || time === undefined) return undefined;
  const microseconds = (bytes[7]! << 16) | (bytes[8]! << 8) | bytes[9]!;
  const fold = bytes[2]! > 0x7f;
  if (isUtc(args[1]) && microseconds % 1000 === 0 && !fold)
    return new Date(`${date}T${time.length > 8 ? time.slice(0, 12) : time}Z`);
  return zoned('datetime', `${date}T${time}`, args[1], fold);
}

function zoned(
  tag: string,
  text: string | undefined,
  tz: Node | undefined,
  fold = false,
): Tagged | undefined {
  if (text === undefined) return undefined;
  const attributes = newRecord();
  if (fold) attributes['fold'] = 1;
  if (tz !== undefined && tz !== null) {
    const name = zoneName(tz);
    if (name === undefined) return undefined;
    attributes['zone'] = name;
  }
  return Object.keys(attributes).length === 0 ? new Tagged(tag, text) : new Tagged(tag, text, attributes);
}

/** `UTC`, `Europe/Berlin` or an offset `+02:00`; undefined for zones of other kinds. */
export function zoneName(tz: Node): string | undefined {
  if (!(tz instanceof PyObject) || !(tz.callee instanceof PyGlobal)) return undefined;
  const name = nameOf(tz.callee);
  if (name === 'pytz._UTC') return 'UTC';
  if (/^(?:zoneinfo\.ZoneInfo(?:\._unpickle)?|pytz\._p)$/.test(name))
    return typeof tz.args[0] === 'string' ? tz.args[0] : undefined;
  const seconds = name === 'datetime.timezone' && tz.args.length === 1 ? offsetOf(tz.args[0]) : undefined;
  if (seconds === undefined || !Number.isInteger(seconds)) return undefined;
  if (seconds === 0) return 'UTC';
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0');
  const size = Math.abs(seconds);
  const rest = size % 60 === 0 ? '' : `:${two(size % 60)}`;
  return `${seconds < 0 ? '-' : '+'}${two(size / 3600)}:${two((size / 60) % 60)}${rest}`;
}

function isUtc(tz: Node | undefined): boolean {
  return (
    tz instanceof PyObject &&
    tz.callee instanceof PyGlobal &&
    nameOf(tz.callee) === 'datetime.timezone' &&
    tz.args.length === 1 &&
    offsetOf(tz.args[0]) === 0
  );
}

function offsetOf(node: Node | undefined): number | undefined {
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  if (nameOf(node.callee) !== 'datetime.timedelta') return undefined;
  const [days = 0, seconds = 0, microseconds = 0] = node.args;
  if (typeof days !== 'number' || typeof seconds !== 'number' || typeof microseconds !== 'number')
    return undefined;
  return days * 86_400 + seconds + microseconds / 1e6;
}

/** Packed bytes; Python 2 wrote them as a string, Python 3 up to protocol 2 as a call of an encoder. */
function bytesOf(node: Node | undefined, length: number): Uint8Array | undefined {
  const bytes =
    typeof node === 'string' && !/[^\0-\xff]/.test(node)
      ? Uint8Array.from(node, (letter) => letter.charCodeAt(0))
      : node === undefined
        ? undefined
        : bytesOfNode(node);
  return bytes instanceof Uint8Array && bytes.length === length ? bytes : undefined;
}

function dateText(bytes: Uint8Array | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const year = (bytes[0]! << 8) | bytes[1]!;
  const month = bytes[2]! & 0x7f;
  const day = bytes[3]!;
  if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

function timeText(bytes: Uint8Array | undefined, at: number): string | undefined {
  if (bytes === undefined) return undefined;
  const [hour, minute, second] = [bytes[at]! & 0x7f, bytes[at + 1]!, bytes[at + 2]!];
  const microseconds = (bytes[at + 3]! << 16) | (bytes[at + 4]! << 8) | bytes[at + 5]!;
  if (hour > 23 || minute > 59 || second > 59 || microseconds > 999_999) return undefined;
  const text = [hour, minute, second].map((part) => String(part).padStart(2, '0')).join(':');
  return microseconds === 0 ? text : `${text}.${String(microseconds).padStart(6, '0')}`;
}

function tagged(tag: string, text: string | undefined): Tagged | undefined {
  return text === undefined ? undefined : new Tagged(tag, text);
}
