import { createLab, isNDArray, toNested, type Value } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { json } from '@formatlab/json';
import { msgpack } from '@formatlab/msgpack';
import { numpy } from '@formatlab/numpy';
import { parquet } from '@formatlab/parquet';

export const lab = createLab([csv, hdf5, json, msgpack, numpy, parquet]);

/** A value as people write it: arrays as nested lists. */
export function show(value: Value): Value {
  return isNDArray(value) ? toNested(value) : value;
}
