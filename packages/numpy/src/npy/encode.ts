import { type Context, isTable, type NDArray, slotsPerItem, type Table } from '@formatlab/core';
import { descrOf, itemBytesOf } from './descr.js';
import { bytesOf, writeElements } from './elements.js';
import { formatHeader } from './header.js';
import { reportPadding, writeTable } from './structured.js';

/**
 * An array (any dtype but object) or a table (as a one-dimensional structured array) as npy, in two pieces:
 * the header, byte for byte as NumPy writes it, and the data, not copied where it is a typed array.
 *
 * @throws FormatError `unsupported` for columns that no structured dtype holds
 */
export function encodeNpy(
  value: NDArray | Table,
  context?: Pick<Context<object>, 'loss'>,
  path = '',
): readonly [Uint8Array, Uint8Array] {
  const report = context ?? { loss() {} };
  if (isTable(value)) {
    const { descr, bytes } = writeTable(value, path, report);
    return [formatHeader(descr, 'C', [value.rows]), bytes];
  }
  reportPadding(value, path, report);
  const size = itemBytesOf(value);
  return [
    formatHeader(`'${descrOf(value, size)}'`, value.shape.length > 1 ? value.order : 'C', value.shape),
    dataBytes(value, size),
  ];
}

function dataBytes(array: NDArray, size: number): Uint8Array {
  if (ArrayBuffer.isView(array.data)) return bytesOf(array.data);
  const out = new Uint8Array((array.data.length / slotsPerItem(array.dtype)) * size);
  writeElements(array.dtype, array.data, out, size, size);
  return out;
}
