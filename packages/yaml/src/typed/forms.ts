import {
  attributesOf,
  isNDArray,
  isPairs,
  isTable,
  isTagged,
  itemSize,
  type NDArray,
  slotsPerItem,
  type Table,
  toCOrder,
  type Value,
  type ValueRecord,
} from '@formatlab/core';

/** How the engine `typed` writes what YAML has no node for: a local tag, and what stands behind it. */
export interface Form {
  /** Without `!formatlab/`. */
  readonly name: 'ndarray' | 'table' | 'bigint' | 'date' | 'tagged' | 'pairs' | 'attributed';
  readonly value: Value;
}

export const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** Undefined: YAML has a node for the value. `bare`: its attributes are written already. */
export function formOf(value: Value, bare: boolean): Form | undefined {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? { name: 'bigint', value: String(value) } : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (!bare) {
    const attributes = attributesOf(value);
    if (attributes !== undefined && Object.keys(attributes).length > 0)
      return { name: 'attributed', value: { attributes, value } };
  }
  if (isNDArray(value)) return { name: 'ndarray', value: arrayForm(value) };
  if (isTable(value)) return { name: 'table', value: tableForm(value) };
  if (isTagged(value)) {
    const { tag, attributes } = value;
    return {
      name: 'tagged',
      value: { tag, value: value.value, ...(attributes === undefined ? {} : { attributes }) },
    };
  }
  if (isPairs(value)) return { name: 'pairs', value: value.entries as unknown as readonly Value[] };
  if (value instanceof Date && Number.isNaN(value.getTime())) return { name: 'date', value: null };
  return undefined;
}

/** Elements in C order: little-endian bytes, or a list of strings, bytes or values. */
function arrayForm(array: NDArray): ValueRecord {
  const { dtype, shape, unit } = array;
  const { data } = toCOrder(array);
  const head = { dtype, shape: [...shape], ...(unit === undefined ? {} : { unit }) };
  if (!ArrayBuffer.isView(data)) return { ...head, items: data as readonly Value[] };
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return { ...head, data: littleEndian(bytes, itemSize(dtype) / slotsPerItem(dtype)) };
}

function tableForm(table: Table): ValueRecord {
  return {
    rows: table.rows,
    columns: table.columns.map(({ name, type, values, valid }) => ({
      name,
      // A column type is made of records, strings, numbers and booleans.
      type: type as unknown as Value,
      values: values as Value,
      ...(valid === undefined ? {} : { valid }),
    })),
  };
}

/** The same bytes on hosts whose order is the file's; else words of `width` bytes turned. */
export function littleEndian(bytes: Uint8Array, width: number): Uint8Array {
  if (LITTLE_ENDIAN_HOST || width === 1) return bytes;
  const out = bytes.slice();
  for (let start = 0; start < out.length; start += width) out.subarray(start, start + width).reverse();
  return out;
}
