import type { Capabilities, DType, Engine } from '@formatlab/core';
import type { ParquetOptions } from '../../options.js';

const READ: readonly DType[] = [
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
  // Its writer takes float16 as numbers, in which the bits of a NaN are lost.
  dtypes: { read: READ, write: READ.filter((dtype) => dtype !== 'float16') },
  maxRank: 64,
  attributes: true,
  integrity: 'none',
  references: false,
  batches: { read: true, write: false },
  list: 'index',
  readOne: 'seek',
  slice: 'chunk',
  append: 'rewrite',
  update: 'rewrite',
};

/** hyparquet, hyparquet-writer and hyparquet-compressors: flat columns. */
export const hyparquetEngine: Engine<ParquetOptions> = {
  title: 'hyparquet',
  can,
  load: async () => (await import('./implementation.js')).implementation,
};
