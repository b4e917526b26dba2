import {
  type Column,
  type ColumnType,
  type FormatError,
  isNDArray,
  isTable,
  kindOfValue,
  type NDArray,
  type Table,
} from '@formatlab/core';
import { unsupported } from '../corrupt.js';
import type { TableFile } from '../table-file.js';
import { tableOfArray } from './plan.js';

/** @throws FormatError `unsupported` when the rows do not have the file's columns */
export function tableFor(file: TableFile, more: Table | NDArray): Table {
  if (!isTable(more)) throw misfit(kindOfValue(more), 'a table');
  checkTypes(more.columns, file.columns);
  for (const [i, { name, shape = [] }] of file.columns.entries()) {
    const { values } = more.columns[i]!;
    const inner = isNDArray(values) ? values.shape.slice(1) : [];
    if (inner.join() !== shape.join())
      throw misfit(`rows of shape [${inner}] in column '${name}'`, `rows of shape [${shape}]`);
  }
  return more;
}

/** The elements of slabs along the first dimension. @throws FormatError `unsupported` */
export function slabFor(
  array: { readonly dtype: string; readonly shape: readonly number[]; readonly unit?: string },
  more: Table | NDArray,
): Table {
  if (!isNDArray(more)) throw misfit('a table', 'an array');
  const grown = array.shape.length === 0 ? undefined : slabOf(array.shape, more.shape);
  if (grown === undefined || more.dtype !== array.dtype || more.unit !== array.unit)
    throw misfit(`${more.dtype} of shape [${more.shape}]`, `${array.dtype} of shape [${array.shape}]`);
  return tableOfArray(more);
}

/** The shape with its first dimension, which a single slab may leave out. */
function slabOf(shape: readonly number[], more: readonly number[]): readonly number[] | undefined {
  const slab = more.length === shape.length - 1 ? [1, ...more] : more;
  return slab.length === shape.length && shape.slice(1).every((length, i) => slab[i + 1] === length)
    ? slab
    : undefined;
}

export function grownShape(shape: readonly number[], more: readonly number[]): readonly number[] {
  return [shape[0]! + (slabOf(shape, more)?.[0] ?? 0), ...shape.slice(1)];
}

/** A column's name and type. */
export interface Named {
  readonly name: string;
  readonly type: ColumnType;
}

export function checkTypes(columns: readonly Column[], wanted: readonly Named[]): void {
  const names = (list: readonly Named[]): string => list.map(({ name }) => name).join(', ');
  if (names(columns) !== names(wanted)) throw misfit(`columns ${names(columns)}`, `columns ${names(wanted)}`);
  for (const [i, column] of columns.entries()) {
    if (!fitsType(column.type, wanted[i]!.type))
      throw misfit(
        `column '${column.name}' of ${JSON.stringify(column.type)}`,
        JSON.stringify(wanted[i]!.type),
      );
  }
}

/** Whether values of one type can stand in a column of another: a nullable column takes what is not. */
function fitsType(type: ColumnType, wanted: ColumnType): boolean {
  if (type.nullable && !wanted.nullable) return false;
  if (type.kind === 'scalar' && wanted.kind === 'scalar') {
    return (
      type.dtype === wanted.dtype &&
      type.unit === wanted.unit &&
      type.zone === wanted.zone &&
      type.decimal?.precision === wanted.decimal?.precision &&
      type.decimal?.scale === wanted.decimal?.scale
    );
  }
  if (type.kind === 'list' && wanted.kind === 'list') return fitsType(type.item, wanted.item);
  if (type.kind === 'map' && wanted.kind === 'map')
    return fitsType(type.key, wanted.key) && fitsType(type.value, wanted.value);
  if (type.kind !== 'struct' || wanted.kind !== 'struct' || type.fields.length !== wanted.fields.length)
    return false;
  return type.fields.every(
    (field, i) => field.name === wanted.fields[i]!.name && fitsType(field.type, wanted.fields[i]!.type),
  );
}

function misfit(found: string, wanted: string): FormatError {
  return unsupported(`append ${found} to a Parquet file: it has ${wanted}`, 'rows of another type', {
    found,
    supported: [wanted],
  });
}
