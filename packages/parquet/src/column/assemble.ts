import { type DType, float16ToNumber, newRecord, Pairs, type Value } from '@formatlab/core';
import { corrupt } from '../corrupt.js';
import type { ColumnData } from '../encoding/load.js';
import { type Field, leafPath, leavesOf } from '../schema/field.js';
import type { LeafStream } from './read-stream.js';

/** Where reading stands in one leaf's stream. */
interface Cursor {
  readonly stream: LeafStream;
  entry: number;
  value: number;
}

type Build = () => Value;

/**
 * The values of `rows` rows of a nested column, from the streams of its leaves (the record assembly of the
 * Dremel paper).
 *
 * @throws FormatError `corrupt` when the levels of the leaves do not fit together
 */
export function assembleRows(field: Field, streams: ReadonlyMap<number, LeafStream>, rows: number): Value[] {
  const cursors = new Map<number, Cursor>();
  for (const leaf of leavesOf(field))
    cursors.set(leaf.index, { stream: streams.get(leaf.index)!, entry: 0, value: 0 });
  const build = builderOf(field, cursors);
  const all = [...cursors.values()];
  const values = new Array<Value>(rows);
  for (let row = 0; row < rows; row++) {
    for (const cursor of all) {
      if (cursor.entry >= cursor.stream.entries) throw misfit(cursor, `${row} of ${rows} rows`);
      if ((cursor.stream.reps?.[cursor.entry] ?? 0) !== 0)
        throw misfit(cursor, `row ${row} starts within a list`);
    }
    values[row] = build();
  }
  for (const cursor of all)
    if (cursor.entry !== cursor.stream.entries) throw misfit(cursor, `more values than ${rows} rows have`);
  return values;
}

function builderOf(field: Field, cursors: ReadonlyMap<number, Cursor>): Build {
  const below = leavesOf(field).map((leaf) => cursors.get(leaf.index)!);
  const guide = below[0]!;
  const { nullable, def } = field;
  const build = bodyOf(field, cursors, below);
  if (!nullable || field.kind === 'leaf') return build;
  return () => {
    if (defOf(guide) >= def) return build();
    skip(below);
    return null;
  };
}

function bodyOf(field: Field, cursors: ReadonlyMap<number, Cursor>, below: readonly Cursor[]): Build {
  switch (field.kind) {
    case 'leaf':
      return leafBuilder(below[0]!, field.nullable);
    case 'struct': {
      const names = field.members.map((member) => member.name);
      const builds = field.members.map((member) => builderOf(member.field, cursors));
      return () => {
        const record = newRecord();
        for (let i = 0; i < names.length; i++) record[names[i]!] = builds[i]!();
        return record;
      };
    }
    case 'list': {
      const build = builderOf(field.item, cursors);
      return repeated(below, field.repetition, build);
    }
    case 'map': {
      const key = builderOf(field.key, cursors);
      const value = builderOf(field.value, cursors);
      const entries = repeated(below, field.repetition, () => [key(), value()]);
      return () => mapOf(entries() as readonly (readonly [Value, Value])[]);
    }
  }
}

function repeated(
  below: readonly Cursor[],
  { def, rep }: { readonly def: number; readonly rep: number },
  build: Build,
): () => readonly Value[] {
  const guide = below[0]!;
  return () => {
    if (defOf(guide) < def) {
      skip(below);
      return [];
    }
    const items: Value[] = [];
    do items.push(build());
    while (guide.entry < guide.stream.entries && guide.stream.reps?.[guide.entry] === rep);
    return items;
  };
}

function leafBuilder(cursor: Cursor, nullable: boolean): Build {
  const { stream } = cursor;
  const { maxDef, kind } = stream.leaf;
  const read = elementsOf(stream.data, kind.type.dtype);
  return () => {
    if (cursor.entry >= stream.entries) throw misfit(cursor, 'the values end within a row');
    const there = stream.defs === undefined || stream.defs[cursor.entry] === maxDef;
    if (!there && !nullable) throw misfit(cursor, 'a null where a value is required');
    cursor.entry++;
    return there ? read(cursor.value++) : null;
  };
}

function defOf(cursor: Cursor): number {
  if (cursor.entry >= cursor.stream.entries) throw misfit(cursor, 'the values end within a row');
  return cursor.stream.defs?.[cursor.entry] ?? 0;
}

/** What is not there takes one entry in every leaf below it. */
function skip(below: readonly Cursor[]): void {
  for (const cursor of below) {
    if (cursor.entry >= cursor.stream.entries) throw misfit(cursor, 'the values end within a row');
    if (cursor.stream.defs?.[cursor.entry] === cursor.stream.leaf.maxDef)
      throw misfit(cursor, 'a value where its neighbours have none');
    cursor.entry++;
  }
}

function elementsOf(data: ColumnData, dtype: DType): (index: number) => Value {
  const slots = data as unknown as { readonly [index: number]: Value };
  if (dtype === 'bool') return (index) => slots[index] === 1;
  if (dtype === 'float16') return (index) => float16ToNumber(slots[index] as number);
  return (index) => slots[index]!;
}

/** A record where every key is a string of its own; else pairs, which keep what a record can't. */
function mapOf(entries: readonly (readonly [Value, Value])[]): Value {
  const record = newRecord();
  for (const [key, value] of entries) {
    if (typeof key !== 'string' || Object.hasOwn(record, key)) return new Pairs(entries);
    record[key] = value;
  }
  return record;
}

function misfit(cursor: Cursor, state: string): Error {
  return corrupt(`read '${leafPath(cursor.stream.leaf)}': ${state}`);
}
