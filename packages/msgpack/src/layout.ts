import { type ColumnType, isRecord, sizeOfShape, type Value } from '@formatlab/core';
import { decodePrefix } from './decode.js';
import { parseColumnType } from './forms/column-type.js';
import { type DTypeText, parseDTypeText } from './forms/dtype-text.js';
import { ARRAY_EXTENSION, ARRAY_EXTENSION_MAGIC, MARK } from './forms/mark.js';
import { shapeOf } from './forms/read-array.js';
import { sameBytes } from './forms/write-forms.js';
import type { Header } from './header.js';
import type { Scanner } from './scanner.js';

/** Where an array's elements lie in the file. */
export interface ArrayPlace {
  readonly kind: 'array';
  readonly end: number;
  readonly type: DTypeText;
  /** The dtype as it stands in the file. */
  readonly typeText: string;
  readonly shape: readonly number[];
  readonly dataAt: number;
  readonly dataLength: number;
}

/** A table and where the values of its columns start. */
export interface TablePlace {
  readonly kind: 'table';
  readonly end: number;
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly at: number;
    readonly validAt: number | undefined;
  }[];
}

/** A table in several parts, one below the other. */
export interface TablesPlace {
  readonly kind: 'tables';
  readonly end: number;
  readonly parts: readonly TablePlace[];
  /** Where the header of the list of parts is. */
  readonly countAt: number;
}

/** A record: where the value of each member starts. */
export interface GroupPlace {
  readonly kind: 'group';
  readonly end: number;
  readonly members: ReadonlyMap<string, number>;
}

export type Place =
  | ArrayPlace
  | TablePlace
  | TablesPlace
  | GroupPlace
  | { readonly kind: 'other'; readonly end: number };

/** Deeper records are passed over as any value is. */
const MOST_NOTED_DEPTH = 64;

/**
 * What stands at `at`: found from headers, names and the few small members that describe arrays and tables.
 *
 * @param noted gets the places of all that is in records, by where it starts: for those who will ask for each of them, and
 * would go through the file once more
 */
export async function placeAt(
  scanner: Scanner,
  at: number,
  noted?: Map<number, Place>,
  depth = 0,
): Promise<Place> {
  const header = await scanner.header(at);
  if (header.kind === 'ext') return (await extensionAt(scanner, at, header)) ?? other(scanner, at);
  if (header.kind !== 'map') return other(scanner, at);
  if (header.children > 0) {
    const first = await scanner.header(at + header.size);
    if (first.kind === 'bin') return (await numpyAt(scanner, at)) ?? other(scanner, at);
    if (first.kind === 'str' && (await nameAt(scanner, at + header.size)) === MARK)
      return (await tableAt(scanner, at)) ?? other(scanner, at);
  }
  return (await groupAt(scanner, at, noted, depth)) ?? other(scanner, at);
}

/** The members of a record; undefined where a key is no string or stands twice: such a map is no record. */
async function groupAt(
  scanner: Scanner,
  at: number,
  noted?: Map<number, Place>,
  depth = 0,
): Promise<GroupPlace | undefined> {
  const header = await scanner.header(at);
  if (header.kind !== 'map') return undefined;
  const members = new Map<string, number>();
  let next = at + header.size;
  for (let left = header.children; left > 0; left -= 2) {
    const name = await nameAt(scanner, next);
    if (name === undefined || members.has(name)) return undefined;
    const valueAt = await scanner.end(next);
    members.set(name, valueAt);
    if (noted === undefined || depth === MOST_NOTED_DEPTH) next = await scanner.end(valueAt);
    else {
      const place = await placeAt(scanner, valueAt, noted, depth + 1);
      noted.set(valueAt, place);
      next = place.end;
    }
  }
  return { kind: 'group', end: next, members };
}

async function nameAt(scanner: Scanner, at: number): Promise<string | undefined> {
  const header = await scanner.header(at);
  if (header.kind !== 'str') return undefined;
  const name = await scanner.value(at, at + header.size + header.payload, 0);
  return typeof name === 'string' ? name : undefined;
}

async function other(scanner: Scanner, at: number): Promise<Place> {
  return { kind: 'other', end: await scanner.end(at) };
}

/** A map of msgpack-numpy's binary keys, if it is one of an array that we hold. */
async function numpyAt(scanner: Scanner, at: number): Promise<ArrayPlace | undefined> {
  const header = await scanner.header(at);
  const small = new Map<string, Value>();
  let data: { at: number; length: number } | undefined;
  let next = at + header.size;
  if (header.children !== 8 && header.children !== 10) return undefined;
  for (let left = header.children; left > 0; left -= 2) {
    const keyHeader = await scanner.header(next);
    if (keyHeader.kind !== 'bin' || keyHeader.payload > LONGEST_KEY) return undefined;
    const name = String.fromCharCode(...(await scanner.bytes(next + keyHeader.size, keyHeader.payload)));
    const valueAt = next + keyHeader.size + keyHeader.payload;
    const valueHeader = await scanner.header(valueAt);
    if (small.has(name) || (name === 'data' && data !== undefined)) return undefined;
    next = await scanner.end(valueAt);
    if (name === 'data')
      data =
        valueHeader.kind === 'bin'
          ? { at: valueAt + valueHeader.size, length: valueHeader.payload }
          : undefined;
    else if (next - valueAt > LARGEST_DESCRIPTION) return undefined;
    else small.set(name, await scanner.value(valueAt, next, 0));
  }
  const kind = small.get('kind');
  const plain = kind === undefined || (kind instanceof Uint8Array && kind.length === 0);
  if (small.get('nd') !== true || !plain || small.size !== header.children / 2 - 1 || data === undefined)
    return undefined;
  return arrayPlace(small.get('type'), small.get('shape'), data.at, data.length, next);
}

const LONGEST_KEY = 8;
const LARGEST_DESCRIPTION = 4096;

/** An extension of type 78 that holds an array. */
async function extensionAt(scanner: Scanner, at: number, header: Header): Promise<ArrayPlace | undefined> {
  const type = (await scanner.bytes(at + header.size - 1, 1))[0];
  const content = at + header.size;
  const end = content + header.payload;
  const magic = ARRAY_EXTENSION_MAGIC.length;
  if (type !== ARRAY_EXTENSION || header.payload < magic + 2) return undefined;
  const head = await scanner.bytes(content, Math.min(header.payload, LARGEST_DESCRIPTION));
  if (!sameBytes(head.subarray(0, magic), ARRAY_EXTENSION_MAGIC)) return undefined;
  const described = decodePrefix(head.subarray(magic + 1), content + magic + 1, scanner.readContext());
  if (!Array.isArray(described.value)) return undefined;
  const dataAt = content + magic + 1 + described.end + head[magic]!;
  return arrayPlace(described.value[0] as Value, described.value[1] as Value, dataAt, end - dataAt, end);
}

function arrayPlace(
  typeText: Value | undefined,
  shapeValue: Value | undefined,
  dataAt: number,
  dataLength: number,
  end: number,
): ArrayPlace | undefined {
  if (typeof typeText !== 'string') return undefined;
  const type = parseDTypeText(typeText);
  const shape = shapeOf(shapeValue);
  if (type === undefined || shape === undefined || sizeOfShape(shape) * type.bytes !== dataLength)
    return undefined;
  return { kind: 'array', end, type, typeText, shape, dataAt, dataLength };
}

/** A marked table, or one in parts; others are decoded as a whole. */
async function tableAt(scanner: Scanner, at: number): Promise<TablePlace | TablesPlace | undefined> {
  const form = await groupAt(scanner, at);
  const kindAt = form?.members.get(MARK);
  if (form === undefined || kindAt === undefined) return undefined;
  const kind = await scanner.value(kindAt, await scanner.end(kindAt), 0);
  if (kind === 'table') return plainTableAt(scanner, form);
  return kind === 'tables' ? partsAt(scanner, form) : undefined;
}

async function partsAt(scanner: Scanner, form: GroupPlace): Promise<TablesPlace | undefined> {
  const countAt = form.members.get('parts');
  const header = countAt === undefined ? undefined : await scanner.header(countAt);
  if (countAt === undefined || header?.kind !== 'array' || header.children === 0) return undefined;
  const parts: TablePlace[] = [];
  for (let next = countAt + header.size; parts.length < header.children; ) {
    const part = await placeAt(scanner, next);
    const first = parts[0] ?? part;
    const alike =
      part.kind === 'table' &&
      first.kind === 'table' &&
      part.columns.length === first.columns.length &&
      part.columns.every(({ name }, i) => name === first.columns[i]!.name);
    if (!alike) return undefined;
    parts.push(part);
    next = part.end;
  }
  return { kind: 'tables', end: form.end, parts, countAt };
}

/** A table whose columns stand under their plain names. */
async function plainTableAt(scanner: Scanner, form: GroupPlace): Promise<TablePlace | undefined> {
  const member = async (name: string): Promise<Value | undefined> => {
    const start = form.members.get(name);
    return start === undefined ? undefined : scanner.value(start, await scanner.end(start), 0);
  };
  const rows = await member('rows');
  const types = await member('types');
  const columns = await recordAt(scanner, form.members.get('columns'));
  const valid = await recordAt(scanner, form.members.get('valid'));
  if (
    typeof rows !== 'number' ||
    !Array.isArray(types) ||
    columns === undefined ||
    (form.members.has('valid') && valid === undefined)
  )
    return undefined;
  const described = (types as readonly Value[]).map((type) => {
    const name = isRecord(type) ? type['name'] : undefined;
    const parsed = parseColumnType(type);
    const start = typeof name === 'string' ? columns.members.get(name) : undefined;
    return typeof name !== 'string' || parsed === undefined || start === undefined
      ? undefined
      : { name, type: parsed, at: start, validAt: valid?.members.get(name) };
  });
  const complete = described.filter((column) => column !== undefined);
  return complete.length === described.length
    ? { kind: 'table', end: form.end, rows, columns: complete }
    : undefined;
}

async function recordAt(scanner: Scanner, at: number | undefined): Promise<GroupPlace | undefined> {
  if (at === undefined) return undefined;
  const place = await placeAt(scanner, at);
  return place.kind === 'group' ? place : undefined;
}
