import { type ColumnType, type DType, FormatError, isDType, itemSize, sizeOfShape } from '@formatlab/core';
import {
  ARRAY,
  COLUMN,
  DATA_FIELD,
  FILE,
  ITEM,
  KEY,
  MAGIC,
  PARTS,
  ROWS,
  TABLE,
  VALUE,
} from '../forms/fields.js';
import { fieldOf } from '../forms/read-array.js';
import { readColumnType } from '../forms/read-column-type.js';
import { ValueReader } from '../forms/read-value.js';
import { NumberList } from '../message/number-list.js';
import { LEN, VARINT } from '../wire/spec.js';
import type { FieldPlace, FieldScanner } from './field-scanner.js';

/** Items that stand one behind the other, each a field of its own. */
export interface ItemsPlace {
  readonly kind: 'items';
  /** Their field. */
  readonly number: number;
  readonly at: number;
  readonly end: number;
}

/** Elements of a fixed size, one behind the other. */
export interface NumbersPlace {
  readonly kind: 'numbers';
  readonly at: number;
  readonly end: number;
}

export interface ArrayPlace {
  readonly kind: 'array';
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly unit: string | undefined;
  readonly data: ItemsPlace | NumbersPlace;
}

export interface ColumnPlace {
  readonly name: string;
  readonly type: ColumnType;
  readonly values: ArrayPlace | ItemsPlace;
  readonly valid: NumbersPlace | undefined;
}

export interface TablePlace {
  readonly kind: 'table';
  readonly rows: number;
  readonly columns: readonly ColumnPlace[];
}

/** A record: the field that holds the value of each member. */
export interface GroupPlace {
  readonly kind: 'group';
  readonly members: ReadonlyMap<string, FieldPlace>;
}

/** `other`: what only decoding tells. */
export type Place = ArrayPlace | TablePlace | GroupPlace | { readonly kind: 'scalar' | 'other' };

/** What a whole file holds: one value, or entries; and the further rows of its tables, by name. */
export interface FilePlace {
  readonly value: FieldPlace | undefined;
  readonly entries: ReadonlyMap<string, FieldPlace>;
  readonly rows: ReadonlyMap<string | undefined, readonly FieldPlace[]>;
}

/**
 * @param passing is told the value of each entry when it is passed: who will ask for all of them need not go through the
 * file once more
 * @throws FormatError `corrupt` for fields that formatlab.proto does not have
 */
export async function fileAt(
  scanner: FieldScanner,
  passing?: (item: FieldPlace) => Promise<unknown>,
): Promise<FilePlace> {
  let value: FieldPlace | undefined;
  const entries = new Map<string, FieldPlace>();
  const rows = new Map<string | undefined, FieldPlace[]>();
  for await (const field of scanner.fields(MAGIC.length, scanner.size)) {
    if (field.wire !== LEN) throw strange(field, 'File');
    if (field.number === FILE.value) {
      value = field;
      rows.delete(undefined);
    } else if (field.number === FILE.entries) {
      const { name, item } = await entryAt(scanner, field);
      await passing?.(item);
      // As in a record that is read as a whole: the name keeps the place where it came first.
      entries.set(name, item);
      rows.delete(name);
    } else if (field.number === FILE.rows) {
      const { name, table } = await rowsAt(scanner, field);
      if (name === undefined ? value === undefined : !entries.has(name))
        throw corrupt(`read rows of '${name ?? ''}': no table of this name is before`, field.partAt);
      const parts = rows.get(name);
      if (parts === undefined) rows.set(name, [table]);
      else parts.push(table);
    } else if (field.number !== FILE.padding) throw strange(field, 'File');
  }
  if (value !== undefined && entries.size > 0) throw corrupt('read file: holds both a value and entries', 0);
  return { value, entries, rows };
}

/** What stands in a Value, found from the fields that describe it. */
export async function placeAt(scanner: FieldScanner, part: FieldPlace): Promise<Place> {
  let kind: FieldPlace | undefined;
  for await (const field of scanner.fields(part.at, part.end)) kind = field;
  if (kind === undefined) return OTHER;
  if (kind.wire !== LEN || SCALARS.has(kind.number)) return { kind: 'scalar' };
  if (kind.number === VALUE.array) return (await arrayAt(scanner, kind)) ?? OTHER;
  if (kind.number === VALUE.table) return (await tableAt(scanner, kind)) ?? OTHER;
  return kind.number === VALUE.record ? groupAt(scanner, kind) : OTHER;
}

const OTHER = { kind: 'other' } as const;
const SCALARS: ReadonlySet<number> = new Set([
  VALUE.text,
  VALUE.binary,
  VALUE.bigInteger,
  VALUE.list,
  VALUE.pairs,
  VALUE.tagged,
]);

/** Undefined where the table is not as our writer makes it: decoding it tells what is wrong, or not. */
export async function tableAt(scanner: FieldScanner, place: FieldPlace): Promise<TablePlace | undefined> {
  let rows = 0;
  const columns: ColumnPlace[] = [];
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.number === TABLE.rows && field.wire === VARINT) rows = await numberAt(scanner, field);
    else if (field.number === TABLE.columns && field.wire === LEN) {
      const column = await columnAt(scanner, field);
      if (column === undefined) return undefined;
      columns.push(column);
    } else return undefined;
  }
  const names = new Set(columns.map((column) => column.name));
  const whole =
    names.size === columns.length &&
    (rows === 0 || columns.length > 0) &&
    columns.every(
      ({ values, valid }) =>
        (values.kind === 'items' || values.shape[0] === rows) &&
        (valid === undefined || valid.end - valid.at === rows),
    );
  if (!whole) return undefined;
  for (const { values } of columns)
    if (values.kind === 'items' && (await scanner.count(values.at, values.end, PARTS)) !== rows)
      return undefined;
  return { kind: 'table', rows, columns };
}

async function columnAt(scanner: FieldScanner, place: FieldPlace): Promise<ColumnPlace | undefined> {
  let name = '';
  let type: ColumnType | undefined;
  let values: ColumnPlace['values'] | undefined;
  let valid: NumbersPlace | undefined;
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.wire !== LEN) return undefined;
    if (field.number === COLUMN.name) name = await textAt(scanner, field);
    else if (field.number === COLUMN.type) {
      const budget = scanner.budget();
      const r = await scanner.read(field.partAt, field.end, budget);
      type = readColumnType(r, new ValueReader(r, budget), budget, 0);
    } else if (field.number === COLUMN.array) {
      const array = await arrayAt(scanner, field);
      if (array === undefined || array.shape.length === 0) return undefined;
      values = array;
    } else if (field.number === COLUMN.values)
      values = { kind: 'items', number: PARTS, at: field.at, end: field.end };
    else if (field.number === COLUMN.valid) valid = { kind: 'numbers', at: field.at, end: field.end };
    else return undefined;
  }
  return type === undefined || values === undefined ? undefined : { name, type, values, valid };
}

/** Undefined where its elements stand in several fields, or are not what its dtype and shape say. */
async function arrayAt(scanner: FieldScanner, place: FieldPlace): Promise<ArrayPlace | undefined> {
  let dtype: string | undefined;
  let unit: string | undefined;
  let shape: readonly number[] = [];
  let data: FieldPlace | undefined;
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.wire !== LEN) return undefined;
    if (field.number === ARRAY.dtype) dtype = await textAt(scanner, field);
    else if (field.number === ARRAY.unit) unit = await textAt(scanner, field);
    else if (field.number === ARRAY.shape) {
      if (shape.length > 0) return undefined;
      shape = await shapeAt(scanner, field);
    } else if (field.number === ARRAY.padding) continue;
    else if (data !== undefined) return undefined;
    else {
      data = field;
      // Items are looked at apart: there may be many.
      if (!FIXED.has(data.number)) break;
    }
  }
  if (dtype === undefined || !isDType(dtype)) return undefined;
  const size = sizeOfShape(shape);
  const kind = DATA_FIELD[dtype] === undefined ? 'items' : 'numbers';
  if (data === undefined)
    return size === 0
      ? {
          kind: 'array',
          dtype,
          shape,
          unit,
          data: { kind, number: fieldOf(dtype), at: place.end, end: place.end },
        }
      : undefined;
  if (data.number !== fieldOf(dtype)) return undefined;
  if (kind === 'numbers') {
    const fits = data.end - data.at === size * itemSize(dtype);
    return fits
      ? { kind: 'array', dtype, shape, unit, data: { kind, at: data.at, end: data.end } }
      : undefined;
  }
  // The tag of the first item is one byte.
  const at = data.partAt - 1;
  return (await scanner.count(at, place.end, data.number)) === size
    ? { kind: 'array', dtype, shape, unit, data: { kind, number: data.number, at, end: place.end } }
    : undefined;
}

const FIXED: ReadonlySet<number> = new Set(Object.values(DATA_FIELD));

async function groupAt(scanner: FieldScanner, place: FieldPlace): Promise<GroupPlace> {
  const members = new Map<string, FieldPlace>();
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.number !== PARTS || field.wire !== LEN) throw strange(field, 'Record');
    const { name, item } = await entryAt(scanner, field);
    members.set(name, item);
  }
  return { kind: 'group', members };
}

async function entryAt(
  scanner: FieldScanner,
  place: FieldPlace,
): Promise<{ readonly name: string; readonly item: FieldPlace }> {
  let name = '';
  let item: FieldPlace | undefined;
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.number === KEY && field.wire === LEN) name = await textAt(scanner, field);
    else if (field.number === ITEM && field.wire === LEN) item = field;
    else throw strange(field, 'entry');
  }
  if (item === undefined) throw corrupt(`read entry '${name}': its value is missing`, place.end);
  return { name, item };
}

async function rowsAt(
  scanner: FieldScanner,
  place: FieldPlace,
): Promise<{ readonly name: string | undefined; readonly table: FieldPlace }> {
  let name: string | undefined;
  let table: FieldPlace | undefined;
  for await (const field of scanner.fields(place.at, place.end)) {
    if (field.number === ROWS.name && field.wire === LEN) name = await textAt(scanner, field);
    else if (field.number === ROWS.table && field.wire === LEN) table = field;
    else throw strange(field, 'Rows');
  }
  if (table === undefined) throw corrupt(`read rows of '${name ?? ''}': they are missing`, place.end);
  return { name, table };
}

async function textAt(scanner: FieldScanner, field: FieldPlace): Promise<string> {
  const budget = scanner.budget();
  const r = await scanner.read(field.partAt, field.end, budget);
  return new ValueReader(r, budget).string();
}

async function shapeAt(scanner: FieldScanner, field: FieldPlace): Promise<number[]> {
  const budget = scanner.budget();
  const list = new NumberList('uint64');
  list.readPacked(await scanner.read(field.partAt, field.end, budget), budget);
  // uint64 is kept in this array.
  return Array.from(list.array().data as BigUint64Array, Number);
}

async function numberAt(scanner: FieldScanner, field: FieldPlace): Promise<number> {
  const r = await scanner.read(field.at, field.end, scanner.budget());
  r.varint();
  return (r.hi >>> 0) * 2 ** 32 + (r.lo >>> 0);
}

function strange(field: FieldPlace, message: string): FormatError {
  return corrupt(
    `read ${message}: formatlab.proto has no field ${field.number} of wire type ${field.wire} in it`,
    field.partAt,
  );
}

function corrupt(message: string, offset: number): FormatError {
  return new FormatError('corrupt', message, { format: 'protobuf', offset });
}
