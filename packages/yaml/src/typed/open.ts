import {
  type Column,
  isColumnType,
  isDType,
  isNDArray,
  isRecord,
  isTable,
  itemSize,
  NDArray,
  Pairs,
  sizeOfShape,
  slotsPerItem,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
  viewData,
  withAttributes,
} from '@formatlab/core';
import { littleEndian } from './forms.js';

/** A value behind a tag of this package, or in words why it is none. Undefined: the tag is none of these. */
export type Opened = { readonly value: Value } | { readonly fault: string };

/** What a scalar with the local tag `name` stands for. */
export function openScalar(name: string, text: string): Opened | undefined {
  if (name === 'bigint')
    return /^[-+]?\d+$/.test(text)
      ? { value: BigInt(text.replace(/^\+/, '')) }
      : { fault: 'this is no integer' };
  if (name === 'date')
    return text === 'null' ? { value: new Date(Number.NaN) } : { fault: 'this is no date' };
  return undefined;
}

/** What a list or map with the local tag `name` stands for; its members are values already. */
export function openCollection(name: string, value: Value): Opened | undefined {
  switch (name) {
    case 'pairs':
      return Array.isArray(value) && value.every((item: Value) => Array.isArray(item) && item.length === 2)
        ? { value: new Pairs(value as unknown as (readonly [Value, Value])[]) }
        : { fault: 'pairs are a list of lists of two' };
    case 'ndarray':
      return isRecord(value) ? openArray(value) : undefined;
    case 'table':
      return isRecord(value) ? openTable(value) : undefined;
    case 'tagged': {
      if (!isRecord(value)) return undefined;
      const { tag, value: inner, attributes } = value;
      if (
        typeof tag !== 'string' ||
        inner === undefined ||
        (attributes !== undefined && !isRecord(attributes))
      )
        return { fault: 'it has tag, value and attributes' };
      return { value: new Tagged(tag, inner, attributes) };
    }
    case 'attributed': {
      if (!isRecord(value)) return undefined;
      const { value: inner, attributes } = value;
      if (
        !isRecord(attributes) ||
        inner === undefined ||
        !(isNDArray(inner) || isTable(inner) || isRecord(inner))
      )
        return { fault: 'it has attributes, and an array, table or record as value' };
      return { value: withAttributes(inner, attributes) };
    }
  }
  return undefined;
}

function openArray({ dtype, shape, unit, data, items }: ValueRecord): Opened {
  if (!isDType(dtype)) return { fault: `there is no dtype '${String(dtype)}'` };
  const lengths = lengthsOf(shape);
  if (lengths === undefined) return { fault: 'the shape is a list of lengths' };
  const timed = dtype === 'datetime64' || dtype === 'timedelta64';
  if (timed ? typeof unit !== 'string' : unit !== undefined)
    return { fault: 'times have a unit, others none' };
  const size = sizeOfShape(lengths);
  // Checked above: a text for times, nothing for others.
  const init = { dtype, shape: lengths, unit: unit as string | undefined };
  const width = itemSize(dtype);
  if (width === 0) {
    const fits = (item: Value): boolean =>
      dtype === 'object' || (dtype === 'string' ? typeof item === 'string' : item instanceof Uint8Array);
    if (!Array.isArray(items) || items.length !== size || !items.every(fits))
      return { fault: `it has ${size} items of ${dtype}` };
    return { value: new NDArray({ ...init, data: items as NDArray['data'] }) };
  }
  if (!(data instanceof Uint8Array) || data.length !== size * width)
    return { fault: `its data are ${size * width} bytes` };
  if (dtype === 'bool' && data.some((byte) => byte > 1)) return { fault: 'a bool is 0 or 1' };
  const bytes = littleEndian(data, width / slotsPerItem(dtype));
  return { value: new NDArray({ ...init, data: viewData(dtype, bytes, size) }) };
}

/** A shape is an array where the rules look for arrays everywhere. */
function lengthsOf(shape: Value | undefined): number[] | undefined {
  if (!Array.isArray(shape)) return undefined;
  const lengths = shape as readonly Value[];
  return lengths.every((length) => Number.isSafeInteger(length) && (length as number) >= 0)
    ? (lengths as number[])
    : undefined;
}

function openTable({ rows, columns }: ValueRecord): Opened {
  if (!Number.isSafeInteger(rows) || (rows as number) < 0 || !Array.isArray(columns))
    return { fault: 'it has rows and columns' };
  const opened: Column[] = [];
  for (const each of columns as readonly Value[]) {
    const column = columnOf(each);
    if (typeof column === 'string') return { fault: column };
    opened.push(column);
  }
  try {
    return { value: new Table(rows as number, opened) };
  } catch (error) {
    if (error instanceof RangeError) return { fault: error.message };
    throw error;
  }
}

function columnOf(column: Value): Column | string {
  if (!isRecord(column)) return 'a column is a map';
  const { name, type, values, valid } = column;
  if (typeof name !== 'string' || !isColumnType(type)) return 'a column has a name and a type';
  if (!isNDArray(values) && !Array.isArray(values)) return `column '${name}' has no values`;
  if (
    isNDArray(values) &&
    (type.kind !== 'scalar' || type.dtype !== values.dtype || values.shape.length === 0)
  )
    return `the values of column '${name}' are not of its type`;
  if (valid !== undefined && !(valid instanceof Uint8Array))
    return `the validity of column '${name}' is no bytes`;
  return { name, type, values: values as Column['values'], ...(valid === undefined ? {} : { valid }) };
}
