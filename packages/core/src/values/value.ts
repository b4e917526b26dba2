import { brandOf } from './brand.js';
import type { NDArray } from './nd-array.js';
import type { Table } from './table.js';
import type { Pairs, Tagged } from './tagged.js';

/**
 * Everything that a format reads or writes. Cycles and shared references are allowed; a format that cannot
 * hold them says so. A scalar and a 0-d array of its dtype (float64 for a number, int64 for a bigint, bool,
 * string) are the same value.
 */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | Date
  | Uint8Array
  | NDArray
  | Table
  | Tagged
  | Pairs
  | readonly Value[]
  | { readonly [name: string]: Value };

/** A plain object: at the root of a value, a set of named entries. */
export type ValueRecord = { readonly [name: string]: Value };

// An own, frozen and empty prototype: nothing can be inherited or polluted, and unlike
// Object.create(null) V8 keeps such objects in fast mode.
const RecordObject = function RecordObject() {} as unknown as {
  new (): { [name: string]: Value };
  prototype: object;
};
RecordObject.prototype = Object.freeze(Object.create(null));

/** An empty object for data from a file: `__proto__` is a name like any other. */
export function newRecord(): { [name: string]: Value } {
  return new RecordObject();
}

/** An object whose own enumerable string keys are its members: not an array, Date, bytes or class of ours. */
export function isRecord(value: unknown): value is ValueRecord {
  if (typeof value !== 'object' || value === null || brandOf(value) !== undefined) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || prototype === RecordObject.prototype;
}

/** What a value is, in the words of messages: `null`, `number`, `list`, `record`, `ndarray`, `table`, … */
export function kindOfValue(value: unknown): string {
  const brand = brandOf(value);
  if (brand !== undefined) return brand;
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Date) return 'date';
  if (typeof value === 'object') return isRecord(value) ? 'record' : (value.constructor?.name ?? 'object');
  return typeof value;
}
