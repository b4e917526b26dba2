import {
  type Budget,
  type Column,
  type ColumnType,
  type DataOf,
  type DType,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  itemSize,
  kindOfValue,
  NDArray,
  newRecord,
  Pairs,
  sizeOfShape,
  Table,
  Tagged,
  toCOrder,
  type Value,
  viewData,
} from '@formatlab/core';
import { corrupt } from '../file/faults.js';
import { parseColumnType } from './column-type.js';
import { dtypeCode, parseDtypeCode } from './dtype-code.js';

/** JSON of a value; what JSON has no form for is an object with one member whose name begins with `$`. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** @throws FormatError `limit` for what is nested too deep, `unsupported` for what is no value */
export function toJson(value: Value, budget: Budget, depth = 0): Json {
  budget.checkDepth(depth, 'a value to be written as JSON');
  const inner = (item: Value): Json => toJson(item, budget, depth + 1);
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number')
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { $float: Object.is(value, -0) ? '-0' : nameOfFloat(value) };
  if (typeof value === 'bigint') return { $int: value.toString() };
  if (value instanceof Date) return { $date: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: toBase64(value) };
  if (isNDArray(value)) return { $array: arrayToJson(value, inner) };
  if (isTable(value)) return { $table: tableToJson(value, inner) };
  if (isTagged(value)) {
    const attributes = value.attributes === undefined ? {} : { attributes: inner(value.attributes) };
    return { $tagged: { tag: value.tag, value: inner(value.value), ...attributes } };
  }
  if (isPairs(value)) return { $pairs: value.entries.map(([key, item]) => [inner(key), inner(item)]) };
  if (Array.isArray(value)) return value.map(inner);
  if (!isRecord(value))
    throw new FormatError('unsupported', `write ${kindOfValue(value)} as JSON: it is no value of the model`);
  const record = newRecord() as { [name: string]: Json };
  const names = Object.keys(value);
  for (const name of names) record[name] = inner(value[name]!);
  return names.length === 1 && names[0]!.startsWith('$') ? { $record: record } : record;
}

/** @throws FormatError `corrupt`, `limit` */
export function fromJson(json: Json, budget: Budget, depth = 0): Value {
  budget.checkDepth(depth, 'a value in JSON');
  budget.takeItems(1, 'values in JSON');
  const inner = (item: Json): Value => fromJson(item, budget, depth + 1);
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(inner);
  const names = Object.keys(json);
  if (names.length === 1 && names[0]!.startsWith('$'))
    return special(names[0]!, (json as { readonly [name: string]: Json })[names[0]!]!, inner, budget);
  return recordOf(json as { readonly [name: string]: Json }, inner);
}

/** The value of JSON text. */
export function parseValue(text: string, budget: Budget, what: string): Value {
  return fromJson(parseJson(text, what), budget);
}

export function parseJson(text: string, what: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw corrupt(what, 'it is not JSON', undefined, { cause });
  }
}

function special(name: string, json: Json, inner: (json: Json) => Value, budget: Budget): Value {
  const bad = (): never => {
    throw corrupt('JSON value', `'${name}' does not hold what it should`);
  };
  switch (name) {
    case '$float':
      return json === 'NaN' || json === 'Infinity' || json === '-Infinity' || json === '-0'
        ? Number(json)
        : bad();
    case '$int':
      return typeof json === 'string' && /^-?\d{1,4000}$/.test(json) ? BigInt(json) : bad();
    case '$date':
      return new Date(json === null ? Number.NaN : typeof json === 'number' ? json : bad());
    case '$bytes':
      return typeof json === 'string' ? fromBase64(json) : bad();
    case '$array':
      return isObject(json) ? arrayFromJson(json, inner) : bad();
    case '$table':
      return isObject(json) ? tableFromJson(json, inner, budget) : bad();
    case '$tagged':
      return isObject(json) && typeof json.tag === 'string' && json.value !== undefined
        ? new Tagged(
            json.tag,
            inner(json.value),
            isObject(json.attributes) ? recordOf(json.attributes, inner) : undefined,
          )
        : bad();
    case '$pairs':
      return Array.isArray(json) && json.every((pair) => Array.isArray(pair) && pair.length === 2)
        ? new Pairs(
            (json as readonly (readonly [Json, Json])[]).map(([key, item]) => [inner(key), inner(item)]),
          )
        : bad();
    case '$record':
      return isObject(json) ? recordOf(json, inner) : bad();
    default:
      return bad();
  }
}

function recordOf(
  json: { readonly [name: string]: Json },
  inner: (json: Json) => Value,
): { readonly [name: string]: Value } {
  const record = newRecord();
  for (const name of Object.keys(json)) record[name] = inner(json[name]!);
  return record;
}

function isObject(json: Json | undefined): json is { readonly [name: string]: Json } {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function nameOfFloat(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function arrayToJson(array: NDArray, inner: (item: Value) => Json): Json {
  const { dtype, shape, unit } = array;
  const { data } = toCOrder(array);
  const held = Array.isArray(data)
    ? (data as readonly Value[]).map(inner)
    : toBase64(bytesOf(data as Exclude<typeof data, readonly unknown[]>));
  return { dtype: dtypeCode(dtype, unit), shape, data: held };
}

function arrayFromJson(json: { readonly [name: string]: Json }, inner: (json: Json) => Value): NDArray {
  const type = typeof json.dtype === 'string' ? parseDtypeCode(json.dtype) : undefined;
  const { shape, data } = json;
  if (type === undefined || !isShape(shape)) throw corrupt('JSON array', 'its dtype or shape is not one');
  const count = sizeOfShape(shape);
  if (itemSize(type.dtype) === 0) {
    if (!Array.isArray(data) || data.length !== count)
      throw corrupt('JSON array', `it does not have ${count} elements`);
    const items = data.map(inner);
    const right = (item: Value): boolean =>
      type.dtype === 'object' ||
      (type.dtype === 'string' ? typeof item === 'string' : item instanceof Uint8Array);
    if (!items.every(right)) throw corrupt('JSON array', `an element is not ${type.dtype}`);
    // Each element was checked to be of the dtype.
    return new NDArray({ dtype: type.dtype, shape, data: items as unknown as DataOf<DType> });
  }
  const bytes = typeof data === 'string' ? fromBase64(data) : new Uint8Array(0);
  if (bytes.byteLength !== count * itemSize(type.dtype))
    throw corrupt('JSON array', `${bytes.byteLength} bytes for ${count} of ${type.dtype}`);
  return new NDArray({ ...type, shape, data: viewData(type.dtype, bytes, count) });
}

export function isShape(json: unknown): json is readonly number[] {
  return (
    Array.isArray(json) &&
    json.length <= 64 &&
    json.every((length) => Number.isSafeInteger(length) && length >= 0) &&
    Number.isSafeInteger(sizeOfShape(json as number[]))
  );
}

function tableToJson(table: Table, inner: (item: Value) => Json): Json {
  return {
    rows: table.rows,
    columns: table.columns.map(({ name, type, values, valid }) => ({
      name,
      type: type as unknown as Json,
      values: isNDArray(values) ? inner(values) : values.map(inner),
      ...(valid === undefined ? {} : { valid: toBase64(valid) }),
    })),
  };
}

function tableFromJson(
  json: { readonly [name: string]: Json },
  inner: (json: Json) => Value,
  budget: Budget,
): Table {
  const { rows, columns } = json;
  if (typeof rows !== 'number' || !Array.isArray(columns))
    throw corrupt('JSON table', 'it has no rows or columns');
  const held = columns.map((column: Json): Column => {
    const type: ColumnType | undefined = isObject(column) ? parseColumnType(column.type, budget) : undefined;
    if (!isObject(column) || type === undefined || typeof column.name !== 'string')
      throw corrupt('JSON table', 'a column has no name or type');
    const values = Array.isArray(column.values) ? column.values.map(inner) : inner(column.values ?? null);
    if (!Array.isArray(values) && !isNDArray(values)) throw corrupt('JSON table', 'a column has no values');
    const valid = typeof column.valid === 'string' ? { valid: fromBase64(column.valid) } : {};
    return { name: column.name, type, values: values as Column['values'], ...valid };
  });
  try {
    return new Table(rows, held);
  } catch (cause) {
    throw corrupt('JSON table', 'its columns do not fit together', undefined, { cause });
  }
}

export function bytesOf(data: {
  readonly buffer: ArrayBufferLike;
  readonly byteOffset: number;
  readonly byteLength: number;
}): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const STEP = 0x8000;

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.byteLength; at += STEP)
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch (cause) {
    throw corrupt('JSON value', 'bytes are not base64', undefined, { cause });
  }
}
