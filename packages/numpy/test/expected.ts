import { type DType, NDArray, scalarType, Table, type Value, viewData } from '@formatlab/core';

/** What `make-fixtures.py` says of an array. */
export interface Expected {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly unit?: string;
  readonly hex?: string;
  readonly text?: readonly string[];
  readonly bytes?: readonly string[];
  readonly rows?: number;
  readonly columns?: readonly (readonly [string, Expected])[];
}

export function toValue(expected: Expected): Value {
  if (expected.columns !== undefined) {
    return new Table(
      expected.rows!,
      expected.columns.map(([name, column]) => {
        const values = toArray(column);
        return {
          name,
          type: scalarType(values.dtype, values.unit === undefined ? {} : { unit: values.unit }),
          values,
        };
      }),
    );
  }
  return toArray(expected);
}

function toArray({ dtype, shape, unit, hex, text, bytes }: Expected): NDArray {
  const count = shape.reduce((product, length) => product * length, 1);
  if (text !== undefined) return new NDArray({ dtype, shape, data: text });
  if (bytes !== undefined)
    return new NDArray({ dtype, shape, data: bytes.map((item) => new Uint8Array(Buffer.from(item, 'hex'))) });
  return new NDArray({
    dtype,
    shape,
    unit,
    data: viewData(dtype, new Uint8Array(Buffer.from(hex!, 'hex')), count),
  });
}
