import { isPairs, type LossKind, type Pairs, type Tagged, type Value } from '@formatlab/core';
import type { ByteWriter } from '../byte-writer.js';
import type { MsgpackOptions } from '../options.js';
import { TIMESTAMP } from '../spec.js';
import { instantOfTagged, timestampBytes } from '../timestamp.js';
import { complexText } from './complex-text.js';
import { ARRAY_EXTENSION, ARRAY_EXTENSION_MAGIC, type FormKind, isWellFormed, MARK } from './mark.js';

/** What the forms need of the encoder. */
export interface FormWriter {
  readonly out: ByteWriter;
  readonly options: MsgpackOptions;
  value(value: Value): void;
  string(text: string): void;
  list(items: readonly Value[], names?: readonly string[], header?: boolean): void;
  members(names: readonly string[], get: (index: number) => Value): void;
  loss(kind: LossKind, from: string, to: string, count?: number): void;
}

/** The start of a marked map; `members` more follow. */
export function openForm(to: FormWriter, kind: FormKind, members: number): void {
  to.out.mapHeader(1 + members);
  to.out.string(MARK);
  to.out.string(kind);
}

/** An integer beyond 64 bits, as decimal digits. */
export function writeBigint(to: FormWriter, value: bigint): void {
  openForm(to, 'bigint', 1);
  to.out.string('digits');
  to.out.string(String(value));
}

/** A string with half a surrogate pair, as UTF-16 little-endian. */
export function writeIllFormedText(to: FormWriter, text: string): void {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) view.setUint16(2 * i, text.charCodeAt(i), true);
  openForm(to, 'text', 1);
  to.out.string('utf16');
  to.value(bytes);
}

export function writeInvalidDate(to: FormWriter): void {
  openForm(to, 'date', 0);
}

/** Keys that are not all strings are a map of MessagePack; others would be read as a record, or as an array. */
export function writePairs(to: FormWriter, pairs: Pairs): void {
  const native =
    pairs.entries.some(([key]) => typeof key !== 'string') &&
    !pairs.entries.some(([key]) => isReservedKey(key));
  if (!native) {
    openForm(to, 'pairs', 1);
    to.out.string('entries');
    writeEntries(
      to,
      pairs.entries.length,
      (i) => pairs.entries[i]![0],
      (i) => pairs.entries[i]![1],
    );
    return;
  }
  to.out.mapHeader(pairs.entries.length);
  to.list(
    pairs.entries.flat() as Value[],
    pairs.entries.flatMap(([key]) => [nameOfKey(key), nameOfKey(key)]),
    false,
  );
}

/** A record with names that a map can't have here: they look like a form's, or are no UTF-8. */
export function writeRecordAsPairs(
  to: FormWriter,
  names: readonly string[],
  get: (index: number) => Value,
): void {
  openForm(to, 'record', 1);
  to.out.string('entries');
  writeEntries(to, names.length, (i) => names[i]!, get);
}

/**
 * Extensions, timestamps out of range and complex numbers in their own forms where they come back the same;
 * all other tags in a marked map.
 */
export function writeTagged(to: FormWriter, tagged: Tagged): void {
  const instant = instantOfTagged(tagged);
  if (instant !== undefined) {
    writeExtension(to, TIMESTAMP, timestampBytes(instant));
    return;
  }
  const type = extensionTypeOf(tagged);
  if (type !== undefined) {
    writeExtension(to, type, tagged.value as Uint8Array);
    return;
  }
  const complex = complexText(tagged);
  if (complex !== undefined) {
    to.out.mapHeader(2);
    to.value(KEY_COMPLEX);
    to.value(true);
    to.value(KEY_DATA);
    to.value(complex);
    return;
  }
  const names = ['tag', 'value', ...(tagged.attributes === undefined ? [] : ['attributes'])];
  openForm(to, 'tagged', names.length);
  const parts: readonly Value[] = [tagged.tag, tagged.value, tagged.attributes ?? null];
  names.forEach((name, i) => {
    to.out.string(name);
    to.value(parts[i]!);
  });
}

/** Keys of msgpack-numpy's maps: binary, so that no text key can be taken for one. */
export const KEY_ND = ascii('nd');
export const KEY_TYPE = ascii('type');
export const KEY_KIND = ascii('kind');
export const KEY_SHAPE = ascii('shape');
export const KEY_DATA = ascii('data');
export const KEY_COMPLEX = ascii('complex');

export function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}

function writeEntries(
  to: FormWriter,
  count: number,
  key: (index: number) => Value,
  get: (index: number) => Value,
): void {
  to.out.arrayHeader(count);
  for (let i = 0; i < count; i++) to.list([key(i), get(i)]);
}

function writeExtension(to: FormWriter, type: number, bytes: Uint8Array): void {
  to.out.extensionHeader(type, bytes.length);
  to.out.raw(bytes);
}

/** The type of `Tagged('ext', bytes, { type })`, unless reading it would give something else. */
function extensionTypeOf({ tag, value, attributes }: Tagged): number | undefined {
  if (
    tag !== 'ext' ||
    !(value instanceof Uint8Array) ||
    attributes === undefined ||
    Object.keys(attributes).length !== 1
  )
    return undefined;
  const type = attributes['type'];
  if (
    typeof type !== 'number' ||
    !Number.isInteger(type) ||
    type < -128 ||
    type > 127 ||
    type === TIMESTAMP ||
    Object.is(type, -0)
  )
    return undefined;
  const looksLikeArray = type === ARRAY_EXTENSION && sameBytes(value.subarray(0, 4), ARRAY_EXTENSION_MAGIC);
  return looksLikeArray ? undefined : type;
}

function isReservedKey(key: Value): boolean {
  return (
    key === MARK ||
    (key instanceof Uint8Array && (sameBytes(key, KEY_ND) || sameBytes(key, KEY_COMPLEX))) ||
    (typeof key === 'string' && !isWellFormed(key))
  );
}

function nameOfKey(key: Value): string {
  return typeof key === 'object' && key !== null ? (isPairs(key) ? 'pairs' : 'key') : String(key);
}

function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}
