import { createLab, type Format } from '@formatlab/core';
import { csv } from '@formatlab/csv';
import { hdf5 } from '@formatlab/hdf5';
import { json, ndjson } from '@formatlab/json';
import { msgpack } from '@formatlab/msgpack';
import { numpy } from '@formatlab/numpy';
import { parquet } from '@formatlab/parquet';
import { pickle } from '@formatlab/pickle';

/** A format and the Python module that reads and writes its files. */
export interface Judged {
  readonly format: Format;
  readonly adapter: string;
}

export const JUDGED: readonly Judged[] = [
  { format: json, adapter: 'json' },
  { format: ndjson, adapter: 'json' },
  { format: csv, adapter: 'csv' },
  { format: msgpack, adapter: 'msgpack' },
  { format: numpy, adapter: 'numpy' },
  { format: hdf5, adapter: 'hdf5' },
  { format: parquet, adapter: 'parquet' },
  { format: pickle, adapter: 'pickle' },
];

export const lab = createLab(JUDGED.map(({ format }) => format));
