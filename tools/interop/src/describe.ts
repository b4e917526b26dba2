import {
  type Column,
  isNDArray,
  isRecord,
  isTable,
  NDArray,
  slotsPerItem,
  toCOrder,
  type Value,
} from '@formatlab/core';

/** An exact description of a value, the same as python/values.py makes. */
export type Description =
  | { readonly kind: 'table'; readonly columns: readonly (readonly [string, ColumnDescription])[] }
  | { readonly kind: 'record'; readonly entries: readonly (readonly [string, Description])[] }
  | { readonly kind: 'list'; readonly items: readonly Description[] }
  | {
      readonly kind: 'array';
      readonly dtype: string;
      readonly shape: readonly number[];
      readonly unit?: string;
      readonly hex?: string;
      readonly text?: readonly string[];
      readonly bytes?: readonly string[];
    }
  | { readonly kind: 'null' }
  | { readonly kind: 'bool'; readonly value: boolean }
  | { readonly kind: 'number' | 'text' | 'bytes' | 'date'; readonly value: string };

export interface ColumnDescription {
  readonly values: Description;
  /** One flag a row, where the column may have nulls. */
  readonly valid?: readonly number[];
  readonly zone?: string;
}

/** Describes every value to the bit; what stands in the place of a null is described as zero. */
export function describe(value: Value): Description {
  if (isTable(value))
    return { kind: 'table', columns: value.columns.map((column) => [column.name, describeColumn(column)]) };
  if (isNDArray(value)) return describeArray(value);
  if (Array.isArray(value)) return { kind: 'list', items: value.map(describe) };
  if (isRecord(value)) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return { kind: 'record', entries: entries.map(([name, member]) => [name, describe(member)]) };
  }
  return describeScalar(value);
}

/** How many single values a description holds. */
export function countValues(description: Description): number {
  switch (description.kind) {
    case 'table':
      return description.columns.reduce((sum, [, column]) => sum + countValues(column.values), 0);
    case 'record':
      return description.entries.reduce((sum, [, member]) => sum + countValues(member), 0);
    case 'list':
      return description.items.reduce((sum, item) => sum + countValues(item), 0);
    case 'array':
      return description.shape.reduce((product, length) => product * length, 1);
    default:
      return 1;
  }
}

function describeScalar(value: Value): Description {
  if (value === null) return { kind: 'null' };
  if (typeof value === 'boolean') return { kind: 'bool', value };
  if (typeof value === 'bigint') return { kind: 'number', value: String(value) };
  if (typeof value === 'number') return { kind: 'number', value: numberText(value) };
  if (typeof value === 'string') return { kind: 'text', value };
  if (value instanceof Uint8Array) return { kind: 'bytes', value: Buffer.from(value).toString('hex') };
  if (value instanceof Date) return { kind: 'date', value: String(value.getTime()) };
  throw new TypeError(`describe value: no description for ${String(value)}`);
}

/** Whole numbers as digits, others as the bits of their float64. */
function numberText(value: number): string {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return String(value);
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes.toString('hex');
}

function describeArray(array: NDArray): Description {
  const { dtype, shape, unit } = array;
  if (shape.length === 0 && (dtype === 'float64' || dtype === 'bool' || dtype === 'string'))
    return describeScalar(scalarOf(array));
  if (dtype === 'string')
    return { kind: 'array', dtype, shape, text: toCOrder(array).data as readonly string[] };
  if (dtype === 'bytes')
    return {
      kind: 'array',
      dtype,
      shape,
      bytes: (toCOrder(array).data as readonly Uint8Array[]).map((item) => Buffer.from(item).toString('hex')),
    };
  if (dtype === 'object')
    return { kind: 'list', items: (toCOrder(array).data as readonly Value[]).map(describe) };
  // Every other dtype is kept in a typed array; little-endian machines only, as all that Node runs on are.
  const data = toCOrder(array).data as Uint8Array;
  const hex = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('hex');
  return { kind: 'array', dtype, shape, ...(unit === undefined ? {} : { unit }), hex };
}

function scalarOf(array: NDArray): Value {
  const item = array.data[0] as Value;
  return array.dtype === 'bool' ? item !== 0 : item;
}

function describeColumn(column: Column): ColumnDescription {
  const { type, values, valid } = column;
  const nullable = type.nullable || valid !== undefined;
  const rows = isNDArray(values) ? values.shape[0]! : values.length;
  const flags = valid ?? new Uint8Array(rows).fill(1);
  return {
    values: isNDArray(values)
      ? describeArray(blankNulls(values, flags))
      : { kind: 'list', items: values.map((item, row) => describe(flags[row] === 0 ? null : item)) },
    ...(nullable ? { valid: [...flags] } : {}),
    ...(type.kind === 'scalar' && type.zone !== undefined ? { zone: type.zone } : {}),
  };
}

function blankNulls(values: NDArray, valid: Uint8Array): NDArray {
  if (valid.every((flag) => flag === 1)) return values;
  const slots =
    slotsPerItem(values.dtype) *
    (values.data.length / slotsPerItem(values.dtype) / Math.max(1, valid.length));
  const data = values.data.slice() as unknown as { [index: number]: unknown; readonly length: number };
  const zero =
    values.dtype === 'string'
      ? ''
      : values.dtype === 'bytes'
        ? new Uint8Array(0)
        : data instanceof BigInt64Array || data instanceof BigUint64Array
          ? 0n
          : 0;
  for (let i = 0; i < data.length; i++) if (valid[Math.floor(i / slots)] === 0) data[i] = zero;
  return new NDArray({
    dtype: values.dtype,
    shape: values.shape,
    data: data as unknown as NDArray['data'],
    order: values.order,
    unit: values.unit,
  });
}
