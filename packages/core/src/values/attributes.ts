import type { NDArray } from './nd-array.js';
import type { Table } from './table.js';
import type { ValueRecord } from './value.js';

// A symbol that no data can carry, and a property that copies made by spreading keep.
const ATTRIBUTES: unique symbol = Symbol.for('formatlab.attributes');

type Holder = NDArray | Table | ValueRecord;

/** Attributes of an array, table or record (HDF5 attributes, Parquet key-values), if it has any. */
export function attributesOf(value: unknown): ValueRecord | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as { [ATTRIBUTES]?: ValueRecord })[ATTRIBUTES];
}

/** Gives `value` attributes, in place, and returns it. They ride along without changing its shape. */
export function withAttributes<V extends Holder>(value: V, attributes: ValueRecord): V {
  Object.defineProperty(value, ATTRIBUTES, {
    value: attributes,
    configurable: true,
    writable: true,
    enumerable: false,
  });
  return value;
}
