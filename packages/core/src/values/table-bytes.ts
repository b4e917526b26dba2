import { isNDArray, type NDArray } from './nd-array.js';
import type { Table } from './table.js';
import type { Value } from './value.js';

/** A pointer to a value, and the head of the value. */
const VALUE_BYTES = 24;

/** Bytes of memory that a table takes, about: text at one byte a character. */
export function bytesOfTable(table: Table): number {
  return table.columns.reduce(
    (sum, { values, valid }) =>
      sum + (valid?.byteLength ?? 0) + (isNDArray(values) ? bytesOfArray(values) : bytesOfList(values)),
    0,
  );
}

function bytesOfArray({ data }: NDArray): number {
  return ArrayBuffer.isView(data) ? data.byteLength : bytesOfList(data as readonly Value[]);
}

function bytesOfList(list: readonly Value[]): number {
  let bytes = 0;
  for (const value of list) bytes += VALUE_BYTES + bytesOfValue(value);
  return bytes;
}

function bytesOfValue(value: Value): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (value instanceof Uint8Array) return value.byteLength;
  if (isNDArray(value)) return bytesOfArray(value);
  return bytesOfList(Array.isArray(value) ? value : Object.values(value));
}
