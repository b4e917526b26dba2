import type { Capabilities, DType, Format } from '@formatlab/core';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { hyparquetEngine } from './engines/hyparquet/engine.js';
import { parquetjsEngine } from './engines/parquetjs-lite/engine.js';
import { options, type ParquetOptions } from './options.js';
import { probe } from './probe.js';
import { open } from './reader.js';

const DTYPES: readonly DType[] = [
  'bool',
  'int8',
  'int16',
  'int32',
  'int64',
  'uint8',
  'uint16',
  'uint32',
  'uint64',
  'float16',
  'float32',
  'float64',
  'string',
  'bytes',
  'datetime64',
  'timedelta64',
];

const can: Capabilities = {
  roots: ['table', 'array'],
  dtypes: { read: DTYPES, write: DTYPES },
  maxRank: 64,
  attributes: true,
  integrity: 'checksum',
  references: false,
  batches: { read: true, write: true },
  list: 'index',
  readOne: 'seek',
  slice: 'chunk',
  append: 'footer',
  update: 'rewrite',
};

/** Apache Parquet: tables in columns, with a schema and an index at the end of the file. */
export const parquet: Format<ParquetOptions> = {
  id: 'parquet',
  title: 'Apache Parquet',
  extensions: ['.parquet', '.pq'],
  mediaTypes: ['application/vnd.apache.parquet'],
  can,
  options,
  probe,
  encode,
  decode,
  open,
  edit,
  defaultEngine: 'formatlab',
  engines: { hyparquet: hyparquetEngine, 'parquetjs-lite': parquetjsEngine },
};
