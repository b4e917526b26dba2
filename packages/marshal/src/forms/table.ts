import {
  NDArray as ArrayOf,
  type Column,
  isNDArray,
  type NDArray,
  type Table,
  type Value,
} from '@formatlab/core';
import type { Encoder } from '../encoder.js';
import { MARK } from './mark.js';

/**
 * `{'__formatlab__': 'table', 'rows': n, 'types': [{'name': …}], 'columns': {name: values}, 'valid': {name: bools}}`:
 * columns of fixed-size dtypes are arrays as `writeArray` writes them, text columns lists with None for nulls.
 */
export function writeTable(to: Encoder, table: Table, flag: number): void {
  const masked = table.columns.filter((column) => column.valid !== undefined);
  to.openDict(flag);
  to.plainText(MARK, false);
  to.plainText('table', false);
  to.plainText('rows', false);
  to.number(table.rows);
  to.plainText('types', false);
  to.items(table.columns.map(({ name, type }) => ({ name, ...plainType(type) })));
  to.plainText('columns', false);
  to.openDict(0);
  for (const column of table.columns) to.member(column.name, valuesOf(column));
  to.closeDict();
  if (masked.length > 0) {
    to.plainText('valid', false);
    to.openDict(0);
    for (const { name, valid } of masked) to.member(name, maskOf(valid!));
    to.closeDict();
  }
  to.closeDict();
}

function valuesOf({ values, valid }: Column): Value {
  const listed =
    !isNDArray(values) || (values.shape.length === 1 && ['string', 'bytes', 'object'].includes(values.dtype));
  if (!listed) return values as NDArray;
  const items = (isNDArray(values) ? values.data : values) as readonly Value[];
  return valid === undefined ? items : items.map((item, row) => (valid[row] === 0 ? null : item));
}

function maskOf(valid: Uint8Array): Value {
  const data = valid.every((byte) => byte <= 1) ? valid : valid.map((byte) => (byte === 0 ? 0 : 1));
  return new ArrayOf({ dtype: 'bool', shape: [valid.length], data });
}

/** A column type is made of plain records, lists, strings, numbers and booleans: a value as it is. */
function plainType(type: Column['type']): { readonly [name: string]: Value } {
  return type as unknown as { readonly [name: string]: Value };
}
