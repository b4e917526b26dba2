import { type Budget, type DataOf, type DType, NDArray, sizeOfShape, type Value } from '@formatlab/core';
import { corrupt } from '../file/faults.js';
import { fromJson, type Json, parseJson } from './value-json.js';

/** An array of text, bytes or mixed values, whose data is a list in JSON. @throws FormatError `corrupt`, `limit` */
export function textArray(
  bytes: Uint8Array,
  name: string,
  dtype: DType,
  shape: readonly number[],
  budget: Budget,
): NDArray {
  const json = parseJson(new TextDecoder().decode(bytes), `array '${name}'`);
  const count = sizeOfShape(shape);
  if (!Array.isArray(json) || json.length !== count)
    throw corrupt(`array '${name}'`, `it does not have ${count} elements`);
  const items = (json as readonly Json[]).map((item) => fromJson(item, budget));
  const fits = (item: Value): boolean =>
    dtype === 'object' || (dtype === 'string' ? typeof item === 'string' : item instanceof Uint8Array);
  if (!items.every(fits)) throw corrupt(`array '${name}'`, `an element is not ${dtype}`);
  // Each element was checked to be of the dtype.
  return new NDArray({ dtype, shape, data: items as unknown as DataOf<DType> });
}
