import { createLab, type Format } from '@formatlab/core';
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
  { format: marshal, adapter: 'marshal' },
  { format: numpy, adapter: 'numpy' },
  { format: hdf5, adapter: 'hdf5' },
  { format: parquet, adapter: 'parquet' },
  { format: text, adapter: 'text' },
  { format: xml, adapter: 'xml' },
  { format: yaml, adapter: 'yaml' },
  { format: sqlite, adapter: 'sqlite' },
  { format: matlab, adapter: 'matlab' },
  { format: protobuf, adapter: 'protobuf' },
  { format: pickle, adapter: 'pickle' },
];

export const lab = createLab(JUDGED.map(({ format }) => format));
