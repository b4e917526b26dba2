import { createLab, isNDArray, toNested, type Value } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { json } from '@formatlab/json';
import { marshal } from '@formatlab/marshal';
import { matlab } from '@formatlab/matlab';
import { msgpack } from '@formatlab/msgpack';
import { numpy } from '@formatlab/numpy';
import { parquet } from '@formatlab/parquet';
import { pickle } from '@formatlab/pickle';
import { protobuf } from '@formatlab/protobuf';
import { sqlite } from '@formatlab/sqlite';
import { text } from '@formatlab/text';
import { xml } from '@formatlab/xml';
import { yaml } from '@formatlab/yaml';

export const lab = createLab([
  csv,
  hdf5,
  json,
  marshal,
  matlab,
  msgpack,
  numpy,
  parquet,
  pickle,
  protobuf,
  sqlite,
  text,
  xml,
  yaml,
]);

/** A value as people write it: arrays as nested lists. */
export function show(value: Value): Value {
  return isNDArray(value) ? toNested(value) : value;
}
