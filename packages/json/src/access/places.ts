import { type DType, damagedIndex, isDType, VarintReader, VarintWriter } from '@formatlab/core';
import type { ColumnFacts } from '../parse/column-builder.js';
import type { ColumnSeen } from '../parse/tables.js';

/** What all items of a list make together. */
export type ListKind =
  | { readonly kind: 'list' }
  | { readonly kind: 'array'; readonly dtype: DType; readonly rest: readonly number[] }
  | { readonly kind: 'table'; readonly columns: readonly ColumnSeen[] };

/** A list, and where some of its items begin. */
export interface ListPlace {
  readonly what: ListKind;
  readonly count: number;
  /** Numbers of items, and where they begin, in order; the last are the count, and the place of the closing bracket. */
  readonly items: readonly number[];
  readonly places: readonly number[];
}

/** A value of the file. */
export interface ValuePlace {
  readonly start: number;
  readonly end: number;
  /** Where it is a list. */
  readonly list: ListPlace | undefined;
}

/** What an index says of a file: of the root, and of its members where it is a record. */
export interface JsonPlaces {
  readonly root: ValuePlace;
  readonly members: ReadonlyMap<string, ValuePlace> | undefined;
  /** Whether all members are arrays or tables. */
  readonly entries: boolean;
}

const VERSION = 1;
const LISTS = ['list', 'array', 'table'] as const;
const KINDS = ['none', 'number', 'string', 'bool', 'mixed'] as const;
const FLAGS = ['float', 'nullable', 'beyondInt64', 'beyondFloat64'] as const;

export function encodePlaces({ root, members, entries }: JsonPlaces): Uint8Array {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  writer.unsigned(entries ? 1 : 0);
  writeValue(writer, root, 0);
  writer.unsigned(members === undefined ? 0 : 1);
  if (members !== undefined) writer.unsigned(members.size);
  let before = 0;
  for (const [name, place] of members ?? []) {
    writer.text(name);
    writeValue(writer, place, before);
    before = place.end;
  }
  return writer.finish();
}

/** @param size bytes of the file. @throws FormatError `corrupt` of feature `index` */
export function decodePlaces(bytes: Uint8Array, size: number): JsonPlaces {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its places are of version ${version}`);
  const entries = reader.unsigned() === 1;
  const root = readValue(reader, 0, size);
  let members: Map<string, ValuePlace> | undefined;
  if (reader.unsigned() === 1) {
    members = new Map();
    let before = 0;
    for (let left = reader.count(); left > 0; left--) {
      const name = reader.text();
      const place = readValue(reader, before, size);
      before = place.end;
      members.set(name, place);
    }
  }
  reader.end();
  return { root, members, entries };
}

function writeValue(writer: VarintWriter, { start, end, list }: ValuePlace, before: number): void {
  // A name that stands twice has its first place in the order, and the last in the file.
  writer.unsigned(start >= before ? (start - before) * 2 : (before - start) * 2 + 1);
  writer.unsigned(end - start);
  writer.unsigned(list === undefined ? 0 : 1);
  if (list !== undefined) writeList(writer, list);
}

function readValue(reader: VarintReader, before: number, size: number): ValuePlace {
  const step = reader.unsigned();
  const start = step % 2 === 0 ? before + step / 2 : before - (step - 1) / 2;
  const end = start + reader.unsigned();
  if (start < 0 || end > size) throw damagedIndex('a position in it lies behind the end of the file');
  return { start, end, list: reader.unsigned() === 1 ? readList(reader, end) : undefined };
}

function writeList(writer: VarintWriter, { what, count, items, places }: ListPlace): void {
  writer.unsigned(LISTS.indexOf(what.kind));
  if (what.kind === 'array') {
    writer.text(what.dtype);
    writer.unsigned(what.rest.length);
    for (const length of what.rest) writer.unsigned(length);
  } else if (what.kind === 'table') writeColumns(writer, what.columns);
  writer.unsigned(count);
  writer.rising(items);
  writer.rising(places);
}

function readList(reader: VarintReader, end: number): ListPlace {
  const kind = LISTS[reader.unsigned()];
  const what = readKind(reader, kind);
  const count = reader.unsigned();
  const items = reader.rising(count);
  const places = reader.rising(end);
  if (items[0] !== 0 || items.at(-1) !== count || items.length !== places.length || count > end)
    throw damagedIndex('a list in it is none');
  return { what, count, items, places };
}

function readKind(reader: VarintReader, kind: (typeof LISTS)[number] | undefined): ListKind {
  if (kind === 'list') return { kind };
  if (kind === 'table') return { kind, columns: readColumns(reader) };
  if (kind === undefined) throw damagedIndex('a list in it is of no kind');
  const dtype = reader.text();
  const rest = Array.from({ length: reader.count() }, () => reader.unsigned());
  if (!isDType(dtype)) throw damagedIndex('an array in it is none');
  return { kind, dtype, rest };
}

/** The columns of a table, and what their cells are. */
export function writeColumns(writer: VarintWriter, columns: readonly ColumnSeen[]): void {
  writer.unsigned(columns.length);
  for (const { name, seen } of columns) {
    writer.text(name);
    writer.unsigned(KINDS.indexOf(seen.kind));
    writer.unsigned(FLAGS.reduce((bits, flag, i) => bits + (seen[flag] ? 2 ** i : 0), 0));
  }
}

/** @throws FormatError `corrupt` of feature `index` */
export function readColumns(reader: VarintReader): ColumnSeen[] {
  return Array.from({ length: reader.count() }, (): ColumnSeen => {
    const name = reader.text();
    const kind = KINDS[reader.unsigned()];
    const flags = reader.unsigned();
    if (kind === undefined) throw damagedIndex('a column of it is of no kind');
    const [float, nullable, beyondInt64, beyondFloat64] = FLAGS.map((_, i) => (flags & (1 << i)) !== 0);
    // The names are those of FLAGS, in their order.
    return { name, seen: { kind, float, nullable, beyondInt64, beyondFloat64 } as ColumnFacts };
  });
}
