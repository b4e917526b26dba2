import {
  type Budget,
  type DType,
  gatherSpans,
  itemSize,
  NDArray,
  resolveSelection,
  type Selection,
  shapeOfSpans,
  sizeOfShape,
  viewData,
} from '@formatlab/core';
import { corrupt } from '../file/faults.js';
import { textArray } from './text-array.js';

/** Bytes of an array's data that a slice needs, and what makes the slice of them. */
export interface ArrayPart {
  readonly from: number;
  readonly length: number;
  /** @param bytes aligned for the dtype, or copied */
  finish(bytes: Uint8Array): NDArray;
}

/**
 * @param size bytes of the data
 * @throws FormatError `corrupt`, `bad-selection`
 */
export function partOfArray(
  {
    dtype,
    unit,
    shape,
    size,
  }: {
    readonly dtype: DType;
    readonly unit: string | undefined;
    readonly shape: readonly number[];
    readonly size: number;
  },
  name: string,
  slice: Selection | undefined,
  budget: Budget,
): ArrayPart {
  const width = itemSize(dtype);
  const spans = resolveSelection(slice, shape);
  if (width === 0)
    return {
      from: 0,
      length: size,
      finish(bytes) {
        const array = textArray(bytes, name, dtype, shape, budget);
        return slice === undefined ? array : gatherSpans(array, spans);
      },
    };
  if (sizeOfShape(shape) * width !== size)
    throw corrupt(`array '${name}'`, `${size} bytes for shape [${shape}] of ${dtype}`);
  const rows = spans[0];
  if (rows === undefined || slice === undefined)
    return {
      from: 0,
      length: size,
      finish: (bytes) =>
        new NDArray({ dtype, unit, shape, data: viewData(dtype, bytes, sizeOfShape(shape)) }),
    };
  // The rows from the first to the last that is wanted lie one after the other.
  const count = rows.count === 0 ? 0 : (rows.count - 1) * rows.step + 1;
  const rowBytes = shape[0] === 0 ? 0 : size / shape[0]!;
  return {
    from: rows.start * rowBytes,
    length: count * rowBytes,
    finish(bytes) {
      if (count === 0)
        return new NDArray({ dtype, unit, shape: shapeOfSpans(spans), data: viewData(dtype, bytes, 0) });
      const read = [count, ...shape.slice(1)];
      const array = new NDArray({
        dtype,
        unit,
        shape: read,
        data: viewData(dtype, bytes, sizeOfShape(read)),
      });
      return gatherSpans(array, [{ ...rows, start: 0 }, ...spans.slice(1)]);
    },
  };
}
