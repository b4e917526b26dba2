import {
  type Column,
  type ColumnType,
  elementAt,
  isNDArray,
  NDArray,
  slotsPerItem,
  type Table,
  type Value,
} from '@formatlab/core';
import { LARGEST_EXACT } from '../spec.js';
import { type FormWriter, openForm } from './write-forms.js';

/**
 * `{__formatlab__: 'table', rows, types: [{name, …}], columns: {name: values}, valid: {name: bools}}`: `columns` is
 * what Python makes a data frame of. Text columns are lists with nil for nulls, fixed-size dtypes are arrays.
 */
export function writeTable(to: FormWriter, table: Table): void {
  const { out } = to;
  const masked = table.columns.filter((column) => column.valid !== undefined);
  openForm(to, 'table', masked.length > 0 ? 4 : 3);
  out.string('rows');
  out.integer(table.rows);
  out.string('types');
  to.list(table.columns.map(({ name, type }) => ({ name, ...plainType(type) })));
  out.string('columns');
  to.members(
    table.columns.map(({ name }) => name),
    (i) => valuesOf(to, table.columns[i]!),
  );
  if (masked.length === 0) return;
  out.string('valid');
  to.members(
    masked.map(({ name }) => name),
    (i) => maskOf(to, masked[i]!.valid!),
  );
}

/** What stands before the parts of a table that grows: `{__formatlab__: 'tables', parts: [table, …]}`. */
export function openParts(to: FormWriter): void {
  openForm(to, 'tables', 1);
  to.out.string('parts');
}

/** Whether the column's values stand as a plain list. */
export function isListColumn(_type: ColumnType, values: Column['values']): boolean {
  return (
    !isNDArray(values) || (values.shape.length === 1 && ['string', 'bytes', 'object'].includes(values.dtype))
  );
}

function valuesOf(to: FormWriter, { type, values, valid }: Column): Value {
  const asList = to.options.arrays === 'lists' && isNDArray(values) && isRebuilt(values);
  if (!asList && !isListColumn(type, values)) return values as NDArray;
  const items = asList
    ? plainNumbers(values)
    : ((isNDArray(values) ? values.data : values) as readonly Value[]);
  return valid === undefined ? items : items.map((item, row) => (valid[row] === 0 ? null : item));
}

function maskOf(to: FormWriter, valid: Uint8Array): Value {
  if (to.options.arrays === 'lists') return Array.from(valid, (byte) => byte !== 0);
  const data = valid.every((byte) => byte <= 1) ? valid : valid.map((byte) => (byte === 0 ? 0 : 1));
  return new NDArray({ dtype: 'bool', shape: [valid.length], data });
}

/** Whether reading makes the same array again of a list of its elements and the column's type. */
function isRebuilt({ dtype, shape }: NDArray): boolean {
  return shape.length === 1 && slotsPerItem(dtype) === 1;
}

/** Elements as MessagePack numbers: the column's type says that they are bigints, so nothing is lost. */
function plainNumbers(values: NDArray): readonly Value[] {
  return Array.from({ length: values.size }, (_, i) => {
    const item = elementAt(values, i);
    return typeof item === 'bigint' &&
      BigInt(Number(item)) === item &&
      Math.abs(Number(item)) <= LARGEST_EXACT
      ? Number(item)
      : item;
  });
}

/** A column type is made of plain records, lists, strings, numbers and booleans: a value as it is. */
function plainType(type: ColumnType): { readonly [name: string]: Value } {
  return type as unknown as { readonly [name: string]: Value };
}
