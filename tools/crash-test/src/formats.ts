import { createLab } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { json, ndjson } from '@formatlab/json';
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
  ndjson,
  numpy,
  parquet,
  pickle,
  protobuf,
  sqlite,
  text,
  xml,
  yaml,
]);
