import {
  allocateData,
  type Column,
  type DataOf,
  type DType,
  int64OfIntegers,
  NDArray,
  type ScalarType,
  scalarType,
  Table,
} from '@formatlab/core';
import type { Matrix } from '../decode-matrix.js';

/** What an array of all cells would be. */
export interface ArrayType {
  readonly dtype: DType;
  readonly unit?: string | undefined;
}

/**
 * The type of the array that a file without header is; undefined where it is a table: a column has text, nulls,
 * a zone, or a type that the others do not have. Integers go with floats where doubles hold them.
 *
 * @param isWide whether a column holds integers beyond 2^53
 */
export function arrayTypeOf(
  types: readonly ScalarType[],
  isWide: (column: number) => boolean,
): ArrayType | undefined {
  const first = types[0];
  if (
    first === undefined ||
    types.some(({ dtype, nullable, zone }) => dtype === 'string' || nullable || zone !== undefined)
  )
    return undefined;
  if (types.every(({ dtype, unit }) => dtype === first.dtype && unit === first.unit))
    return { dtype: first.dtype, unit: first.unit };
  const numbers = types.every(
    ({ dtype }, column) => dtype === 'float64' || (dtype === 'int64' && !isWide(column)),
  );
  return numbers ? { dtype: 'float64' } : undefined;
}

/** One column is one dimension. */
export function shapeOf(rows: number, columns: number): readonly number[] {
  return columns === 1 ? [rows] : [rows, columns];
}

/** The columns as one array of the type that {@link arrayTypeOf} found for them. */
export function arrayOfColumns(
  columns: readonly Column[],
  rows: number,
  { dtype, unit }: ArrayType,
): NDArray {
  const count = columns.length;
  const first = columns[0]!.values as NDArray;
  if (count === 1 && first.dtype === dtype) return first;
  const out = allocateData(dtype, rows * count) as unknown as { [index: number]: unknown };
  columns.forEach((column, i) => {
    const values = column.values as NDArray;
    const data = values.data as unknown as { readonly [index: number]: unknown };
    const convert = values.dtype !== dtype;
    for (let row = 0; row < rows; row++) out[row * count + i] = convert ? Number(data[row]) : data[row];
  });
  // `out` was allocated for this dtype above.
  return new NDArray({ dtype, shape: shapeOf(rows, count), data: out as unknown as DataOf<DType>, unit });
}

/** A file without header: the array that its columns make, else a table. */
export function rootOfColumns(columns: readonly Column[], rows: number, hasHeader: boolean): NDArray | Table {
  if (hasHeader) return new Table(rows, columns);
  // All types here were inferred or given: they are scalar.
  const types = columns.map((column) => column.type as ScalarType);
  const type = arrayTypeOf(types, (column) => isWideColumn(columns[column]!));
  return type === undefined ? new Table(rows, columns) : arrayOfColumns(columns, rows, type);
}

/** The numbers as an array, or as the columns of these names. */
export function rootOfMatrix(matrix: Matrix, names: readonly string[] | undefined): NDArray | Table {
  const { rows, columns, values, integers } = matrix;
  if (names === undefined) {
    const shape = shapeOf(rows, columns);
    return integers.includes(0)
      ? new NDArray({ dtype: 'float64', shape, data: values })
      : new NDArray({ dtype: 'int64', shape, data: int64OfIntegers(values) });
  }
  return new Table(
    rows,
    names.map((name, column) => {
      const data = new Float64Array(rows);
      for (let row = 0, cell = column; row < rows; row++, cell += columns) data[row] = values[cell]!;
      const dtype = integers[column] === 1 ? 'int64' : 'float64';
      const held = dtype === 'int64' ? int64OfIntegers(data) : data;
      return {
        name,
        type: scalarType(dtype),
        values: new NDArray<DType>({ dtype, shape: [rows], data: held }),
      };
    }),
  );
}

const MAX_SAFE = 2n ** 53n;

function isWideColumn(column: Column): boolean {
  const data = (column.values as NDArray).data as BigInt64Array;
  return data.some((value) => value > MAX_SAFE || value < -MAX_SAFE);
}
