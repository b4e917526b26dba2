import {
  attributesOf,
  type Column,
  type ColumnType,
  type DType,
  FormatError,
  isNDArray,
  isPairs,
  isRecord,
  isTable,
  isTagged,
  kindOfValue,
  type NDArray,
  type Table,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { Blob } from './layout.js';

/** How a value is described in the index. */
export type Node =
  | { readonly kind: 'plain'; readonly value: null | boolean | string }
  | { readonly kind: 'number'; readonly bits: string }
  | { readonly kind: 'bigint' | 'text'; readonly text: string }
  | { readonly kind: 'date'; readonly time: number | null }
  | { readonly kind: 'bytes'; readonly blob: Blob }
  | { readonly kind: 'list'; readonly items: readonly Node[] }
  | { readonly kind: 'pairs'; readonly items: readonly Node[] }
  | { readonly kind: 'tagged'; readonly tag: string; readonly value: Node; readonly attributes: Node | null }
  | { readonly kind: 'record'; readonly members: readonly (readonly [string, Node])[] }
  | ArrayNode
  | TableNode;

export interface ArrayNode {
  readonly kind: 'array';
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly unit: string | null;
  /** Fixed dtypes: little-endian elements in C order. Others: one node an element. */
  readonly data: Blob | readonly Node[];
  readonly attributes: Node | null;
}

export interface TableNode {
  readonly kind: 'table';
  readonly rows: number;
  readonly columns: readonly {
    readonly name: string;
    readonly type: ColumnType;
    readonly values: Node;
    readonly valid: Blob | null;
  }[];
  readonly attributes: Node | null;
}

/** Puts bytes into the file, and says where. */
export type Place = (bytes: Uint8Array) => Blob;

/** Deepest value that is written: recursion below uses the call stack. */
const MOST_DEPTH = 1000;

/** @throws FormatError `limit` for a value nested too deep */
export function nodeOf(value: Value, place: Place, depth = 0): Node {
  if (depth > MOST_DEPTH)
    throw new FormatError('limit', `write toy file: nested deeper than ${MOST_DEPTH} levels`, {
      format: 'toy',
    });
  const inner = (item: Value): Node => nodeOf(item, place, depth + 1);
  if (value === null || typeof value === 'boolean' || typeof value === 'string')
    return { kind: 'plain', value };
  if (typeof value === 'number')
    return { kind: 'number', bits: new BigUint64Array(Float64Array.of(value).buffer)[0]!.toString(16) };
  if (typeof value === 'bigint') return { kind: 'bigint', text: value.toString() };
  if (value instanceof Date)
    return { kind: 'date', time: Number.isNaN(value.getTime()) ? null : value.getTime() };
  if (isNDArray(value)) return arrayNode(value, place, inner);
  if (isTable(value)) return tableNode(value, place, inner);
  if (value instanceof Uint8Array) return { kind: 'bytes', blob: place(value) };
  if (isTagged(value))
    return {
      kind: 'tagged',
      tag: value.tag,
      value: inner(value.value),
      attributes: value.attributes === undefined ? null : inner(value.attributes),
    };
  if (isPairs(value)) return { kind: 'pairs', items: (value.entries.flat() as Value[]).map(inner) };
  if (Array.isArray(value)) return { kind: 'list', items: value.map(inner) };
  if (isRecord(value))
    return {
      kind: 'record',
      members: Object.entries(value).map(([name, member]) => [name, inner(member)] as const),
    };
  throw new FormatError('unsupported', `write toy file: ${kindOfValue(value)} is no value`, {
    format: 'toy',
  });
}

/** The same blob for the data of an array, wherever it is put. */
export function arrayBytes(array: NDArray): Uint8Array {
  // Fixed dtypes are held in typed arrays.
  const data = toCOrder(array).data as Uint8Array;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

function arrayNode(array: NDArray, place: Place, inner: (item: Value) => Node): ArrayNode {
  const { dtype, shape, unit } = array;
  const data = Array.isArray(array.data)
    ? (toCOrder(array).data as readonly Value[]).map(inner)
    : place(arrayBytes(array));
  return { kind: 'array', dtype, shape, unit: unit ?? null, data, attributes: attributesNode(array, inner) };
}

function tableNode(table: Table, place: Place, inner: (item: Value) => Node): TableNode {
  const columns = table.columns.map(({ name, type, values, valid }: Column) => ({
    name,
    type,
    values: inner(values),
    valid: valid === undefined ? null : place(valid),
  }));
  return { kind: 'table', rows: table.rows, columns, attributes: attributesNode(table, inner) };
}

function attributesNode(value: NDArray | Table, inner: (item: Value) => Node): Node | null {
  const attributes = attributesOf(value);
  return attributes === undefined ? null : inner(attributes);
}
