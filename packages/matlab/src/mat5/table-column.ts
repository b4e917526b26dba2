import {
  allocateData,
  type Column,
  type Context,
  isNDArray,
  itemSize,
  NAT,
  NDArray,
  slotsPerItem,
  toCOrder,
} from '@formatlab/core';
import { unsupported } from '../fault.js';

/**
 * A column's values as an array; what a struct of arrays has no room for is reported: nulls become NaN, NaT, 0, false
 * or empty text.
 *
 * @throws FormatError `unsupported` for lists, structs and maps
 */
export function columnArray(column: Column, path: string, context: Pick<Context<object>, 'loss'>): NDArray {
  const { type, values, valid } = column;
  if (type.kind !== 'scalar' || !isNDArray(values))
    throw unsupported(
      `write column '${path}' as matlab`,
      `it holds a ${type.kind} a row`,
      path,
      'nested columns',
    );
  const nulls = valid === undefined ? 0 : valid.reduce((sum, flag) => sum + (flag === 0 ? 1 : 0), 0);
  const { dtype } = values;
  if (nulls > 0) context.loss({ path, kind: 'null', from: 'null', to: fillerName(values), count: nulls });
  else if (type.nullable)
    context.loss({ path, kind: 'type', from: 'nullable column', to: 'column without nulls' });
  if (type.dictionary === true)
    context.loss({ path, kind: 'type', from: 'dictionary column', to: 'plain column' });
  if (type.zone !== undefined) context.loss({ path, kind: 'unit', from: `zone ${type.zone}`, to: 'no zone' });
  if (type.decimal !== undefined) context.loss({ path, kind: 'type', from: 'decimal', to: dtype });
  return nulls === 0 ? values : filled(toCOrder(values), valid!);
}

function filled(values: NDArray, valid: Uint8Array): NDArray {
  const { dtype, shape, unit } = values;
  const perRow = (values.size / Math.max(1, valid.length)) * slotsPerItem(dtype);
  // A copy of the same class; each dtype has one way to say nothing.
  const data = values.data.slice() as unknown as { [index: number]: unknown };
  const filler = fillerOf(values);
  for (let row = 0; row < valid.length; row++) {
    if (valid[row] !== 0) continue;
    for (let i = 0; i < perRow; i++) data[row * perRow + i] = filler;
  }
  return new NDArray({ dtype, shape, data: data as unknown as NDArray['data'], unit });
}

function fillerOf({ dtype }: NDArray): unknown {
  if (/^(float|complex)/.test(dtype)) return Number.NaN;
  if (dtype === 'datetime64' || dtype === 'timedelta64') return NAT;
  return allocateData(dtype, 1)[0];
}

function fillerName({ dtype }: NDArray): string {
  if (/^(float|complex)/.test(dtype)) return 'NaN';
  if (dtype === 'datetime64' || dtype === 'timedelta64') return 'NaT';
  if (dtype === 'bool') return 'false';
  return itemSize(dtype) > 0 ? '0' : dtype === 'object' ? 'null' : 'empty';
}
