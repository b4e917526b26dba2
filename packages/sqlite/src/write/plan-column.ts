import {
  type Budget,
  type Column,
  FormatError,
  float16ToNumber,
  isNDArray,
  itemSize,
  type NDArray,
  sizeOfShape,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { Cell } from '../cells/cell-column.js';
import { isWellFormed } from '../layout/names.js';
import { bytesOf, toJson } from '../layout/value-json.js';
import {
  type CellSource,
  Masked,
  MixedCells,
  Reals,
  SmallIntegers,
  Texts,
  WideIntegers,
} from './cell-source.js';

/** A column's cells, what they are declared as, and whether the declaration alone tells the column's type. */
export interface PlannedColumn {
  readonly source: CellSource;
  readonly declared: string;
  readonly plain: boolean;
  /** Shape of one row, for columns of more than one dimension. */
  readonly item?: readonly number[];
}

/** @throws FormatError `unsupported` for text that UTF-8 cannot hold */
export function planColumn(column: Column, budget: Budget, path: string): PlannedColumn {
  const { type, values, valid } = column;
  const nullable = type.nullable || valid?.includes(0) === true;
  const mask = (planned: PlannedColumn): PlannedColumn => ({
    ...planned,
    source: valid === undefined ? planned.source : new Masked(planned.source, valid),
    declared: nullable || !planned.plain ? planned.declared : `${planned.declared} NOT NULL`,
    plain: planned.plain && nullable === type.nullable,
  });
  if (!isNDArray(values) || type.kind !== 'scalar' || values.dtype === 'object')
    return mask(jsonColumn(values, budget, valid));
  if (values.shape.length !== 1) return mask(rowColumn(values, path));
  const plain =
    Object.keys(type).every((key) => ['kind', 'dtype', 'nullable'].includes(key)) &&
    type.dtype === values.dtype;
  return mask(scalarColumn(toCOrder(values), plain, valid, path));
}

function scalarColumn(
  values: NDArray,
  plain: boolean,
  valid: Uint8Array | undefined,
  path: string,
): PlannedColumn {
  switch (values.dtype) {
    case 'bool':
      return { source: new SmallIntegers(values.data as Uint8Array), declared: 'BOOLEAN', plain };
    case 'int8':
    case 'int16':
    case 'int32':
    case 'uint8':
    case 'uint16':
    case 'uint32':
      return { source: new SmallIntegers(values.data as Int32Array), declared: 'INTEGER', plain: false };
    case 'int64':
    case 'datetime64':
    case 'timedelta64':
      return {
        source: new WideIntegers(values.data as BigInt64Array),
        declared: 'INTEGER',
        plain: plain && values.dtype === 'int64',
      };
    case 'uint64': {
      const data = values.data as BigUint64Array;
      const large = data.some((value) => value >= 2n ** 63n);
      if (!large) return { source: new WideIntegers(data), declared: 'INTEGER', plain: false };
      // No affinity: it would turn the digits into a double.
      const cell = (row: number): Cell => (data[row]! < 2n ** 63n ? data[row]! : data[row]!.toString());
      return { source: new MixedCells(cell), declared: 'BLOB', plain: false };
    }
    case 'float16':
    case 'float32':
    case 'float64':
      return realColumn(values, plain, valid);
    case 'complex64':
    case 'complex128': {
      const width = itemSize(values.dtype);
      const bytes = bytesOf(values.data as Float64Array);
      return {
        source: new MixedCells((row) => bytes.subarray(row * width, (row + 1) * width)),
        declared: 'BLOB',
        plain: false,
      };
    }
    case 'bytes':
      return {
        source: new MixedCells((row) => (values.data as unknown as readonly Uint8Array[])[row]!),
        declared: 'BLOB',
        plain,
      };
    default: {
      const texts = values.data as readonly string[];
      const broken = texts.findIndex((text) => !isWellFormed(text));
      if (broken >= 0)
        throw new FormatError(
          'unsupported',
          `write text '${path}/${broken}' to SQLite: half of a surrogate pair has no UTF-8`,
          { format: 'sqlite', path, feature: 'lone surrogates' },
        );
      return { source: new Texts(texts), declared: 'TEXT', plain };
    }
  }
}

/**
 * SQLite takes NaN for NULL. In a column without nulls a NULL therefore stands for NaN, as pandas reads it; beside
 * nulls NaN is the text `NaN`. Another NaN than the usual one is a blob of its bits.
 */
function realColumn(values: NDArray, plain: boolean, valid: Uint8Array | undefined): PlannedColumn {
  const { dtype, data } = values;
  const numbers =
    dtype === 'float16' ? Float64Array.from(data as Uint16Array, float16ToNumber) : (data as Float64Array);
  let nans = false;
  for (let row = 0; row < numbers.length; row++) if (numbers[row] !== numbers[row]) nans = true;
  const source = new Reals(numbers);
  if (!nans) return { source, declared: 'REAL', plain: plain && dtype === 'float64' };
  const width = itemSize(dtype);
  const bytes = bytesOf(data as Float64Array);
  const hasNulls = valid !== undefined;
  const cell = (row: number): Cell => {
    if (numbers[row] === numbers[row]) return numbers[row]!;
    const bits = bytes.subarray(row * width, (row + 1) * width);
    if (!isUsualNaN(bits)) return bits;
    return hasNulls ? 'NaN' : null;
  };
  return { source: new MixedCells(cell), declared: 'REAL', plain: false };
}

/** Quiet, positive, no payload. */
export function isUsualNaN(bits: Uint8Array): boolean {
  const last = bits.byteLength - 1;
  const top = bits.byteLength === 8 ? [0x7f, 0xf8] : bits.byteLength === 4 ? [0x7f, 0xc0] : [0x7e, 0x00];
  return (
    bits[last] === top[0] &&
    bits[last - 1] === top[1] &&
    bits.subarray(0, last - 1).every((byte) => byte === 0)
  );
}

function jsonColumn(values: Column['values'], budget: Budget, valid: Uint8Array | undefined): PlannedColumn {
  const items = isNDArray(values) ? (values.data as unknown as readonly Value[]) : values;
  const cell = (row: number): Cell =>
    valid?.[row] === 0 ? null : JSON.stringify(toJson(items[row]!, budget));
  return { source: new MixedCells(cell), declared: 'TEXT', plain: false };
}

/** A row of a column of several dimensions is a blob, as in `formatlab_arrays`. */
function rowColumn(values: NDArray, path: string): PlannedColumn {
  const width = itemSize(values.dtype);
  if (width === 0)
    throw new FormatError(
      'unsupported',
      `write column '${path}' to SQLite: ${values.dtype} of ${values.shape.length} dimensions`,
      { format: 'sqlite', path, feature: 'columns of text with several dimensions' },
    );
  const item = values.shape.slice(1);
  const size = sizeOfShape(item) * width;
  const bytes = bytesOf(toCOrder(values).data as Float64Array);
  return {
    source: new MixedCells((row) => bytes.subarray(row * size, (row + 1) * size)),
    declared: 'BLOB',
    plain: false,
    item,
  };
}
