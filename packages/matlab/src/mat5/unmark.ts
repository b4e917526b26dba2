import {
  type Column,
  elementAt,
  isNDArray,
  isRecord,
  NDArray,
  Pairs,
  scalarType,
  Table,
  Tagged,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { Mark } from './mark.js';
import type { Work } from './numbers.js';

type Fault = (state: string) => Error;

/** What was saved, where its mark says that it was no plain MATLAB array. @throws FormatError `corrupt` */
export function unmarked(raw: Value, mark: Mark, fault: Fault, work: Work): Value {
  switch (mark.kind) {
    case 'null':
      return null;
    case 'list':
      return cellsOf(raw, mark, fault);
    case 'objects':
      return raw;
    case 'strings':
      return arrayOf('string', raw, mark, fault, (item) => typeof item === 'string');
    case 'bytes-array':
      return arrayOf('bytes', raw, mark, fault, (item) => item instanceof Uint8Array);
    case 'bytes':
      return bytesValue(raw, mark, fault);
    case 'date':
      return new Date(numberOf(raw, mark, fault));
    case 'bigint':
      return bigintOf(raw, mark, fault, work);
    case 'pairs':
      return pairsOf(raw, mark, fault);
    case 'tagged':
      return taggedOf(raw, mark, fault);
    case 'table':
      return tableOf(raw, mark, fault);
    case 'datetime64':
    case 'timedelta64':
      return raw;
    default:
      return plain(raw, mark);
  }
}

/** A scalar that the model has as a JavaScript value is that value; other dtypes stay arrays of no dimension. */
function plain(raw: Value, mark: Mark): Value {
  if (mark.rank !== 'scalar' || !isNDArray(raw) || raw.shape.length > 0) return raw;
  return raw.dtype === 'float64' || raw.dtype === 'int64' || raw.dtype === 'bool' ? elementAt(raw, 0) : raw;
}

function cellsOf(raw: Value, mark: Mark, fault: Fault): readonly Value[] {
  if (!isNDArray(raw) || raw.dtype !== 'object') throw fault(`marked as ${mark.kind}, and no cell array`);
  // Its dtype says so.
  return raw.data as readonly Value[];
}

function arrayOf(
  dtype: 'string' | 'bytes',
  raw: Value,
  mark: Mark,
  fault: Fault,
  fits: (item: Value) => boolean,
): Value {
  const cells = cellsOf(raw, mark, fault);
  if (!cells.every(fits)) throw fault(`marked as ${mark.kind}, with other cells among them`);
  const { shape } = raw as NDArray;
  return new NDArray({ dtype, shape, data: cells as readonly string[] });
}

function bytesValue(raw: Value, mark: Mark, fault: Fault): Uint8Array {
  if (!isNDArray(raw) || raw.dtype !== 'uint8') throw fault(`marked as ${mark.kind}, and no uint8 array`);
  return raw.data as Uint8Array;
}

function numberOf(raw: Value, mark: Mark, fault: Fault): number {
  const value = isNDArray(raw) && raw.dtype === 'float64' && raw.size === 1 ? elementAt(raw, 0) : raw;
  if (typeof value !== 'number') throw fault(`marked as ${mark.kind}, and no number`);
  return value;
}

function bigintOf(raw: Value, mark: Mark, fault: Fault, work: Work): bigint {
  if (typeof raw !== 'string' || !/^-?\d+$/.test(raw)) throw fault(`marked as ${mark.kind}, and no digits`);
  work.budget.takeItems(raw.length, 'integer');
  return BigInt(raw);
}

function pairsOf(raw: Value, mark: Mark, fault: Fault): Pairs {
  const cells = cellsOf(raw, mark, fault);
  if (cells.length % 2 !== 0) throw fault('marked as pairs, with an odd number of cells');
  const entries: [Value, Value][] = [];
  for (let i = 0; i < cells.length; i += 2) entries.push([cells[i]!, cells[i + 1]!]);
  return new Pairs(entries);
}

function taggedOf(raw: Value, mark: Mark, fault: Fault): Tagged {
  if (!isRecord(raw)) throw fault(`marked as ${mark.kind}, and no struct`);
  const { tag, value, attributes } = raw as ValueRecord;
  if (typeof tag !== 'string' || value === undefined || (attributes !== undefined && !isRecord(attributes)))
    throw fault('marked as tagged, without tag and value');
  return attributes === undefined
    ? new Tagged(tag, value)
    : new Tagged(tag, value, attributes as ValueRecord);
}

function tableOf(raw: Value, mark: Mark, fault: Fault): Table {
  if (!isRecord(raw)) throw fault(`marked as ${mark.kind}, and no struct`);
  const columns = Object.entries(raw).map(([name, values]): Column => {
    if (!isNDArray(values) || values.shape.length === 0)
      throw fault(`marked as ${mark.kind}, and column '${name}' has no rows`);
    const unit = values.unit === undefined ? {} : { unit: values.unit };
    return { name, type: scalarType(values.dtype, unit), values };
  });
  const rows = columns.length === 0 ? 0 : (columns[0]!.values as NDArray).shape[0]!;
  if (columns.some((column) => (column.values as NDArray).shape[0] !== rows))
    throw fault('marked as table, with columns of several lengths');
  return new Table(rows, columns);
}
