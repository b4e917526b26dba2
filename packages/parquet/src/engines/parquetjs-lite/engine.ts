import type { Capabilities, DType, Engine } from '@formatlab/core';
import { unsupported } from '../../corrupt.js';
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
  'float32',
  'float64',
  'string',
  'bytes',
  'datetime64',
  'timedelta64',
];

const can: Capabilities = {
  roots: ['table', 'array'],
  // It takes 64-bit integers as numbers and writes 32-bit ones with a sign: what is not exact is not claimed.
  dtypes: {
    read: READ,
    write: READ.filter((dtype) => dtype !== 'int64' && dtype !== 'uint64' && dtype !== 'uint32'),
  },
  maxRank: 64,
  attributes: true,
  integrity: 'none',
  references: false,
  batches: { read: false, write: false },
  list: 'whole',
  readOne: 'whole',
  slice: 'none',
  append: 'rewrite',
  update: 'rewrite',
};

/** parquetjs-lite, row by row: flat columns, files of format version 1, Snappy or gzip. */
export const parquetjsEngine: Engine<ParquetOptions> = {
  title: 'parquetjs-lite',
  needs: 'parquetjs-lite',
  can,
  async load() {
    const [{ default: library }, { implementationOf }] = await Promise.all([
      import('parquetjs-lite').catch((cause: unknown) => {
        throw unsupported(
          "load engine 'parquetjs-lite' of parquet: the package is not installed; run 'npm i parquetjs-lite'",
          'engine parquetjs-lite',
          { supported: ['formatlab', 'hyparquet'], cause },
        );
      }),
      import('./implementation.js'),
    ]);
    return implementationOf(library);
  },
};
