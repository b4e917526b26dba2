import type { Format } from '@formatlab/core';
import { can } from './capabilities.js';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { type CsvOptions, options } from './options.js';
import { engine as papaparse } from './papaparse/engine.js';
import { probe } from './probe.js';
import { open } from './reader.js';
import { index } from './row-index.js';

/** CSV (RFC 4180) and TSV, with types inferred from whole columns. */
export const csv: Format<CsvOptions> = {
  id: 'csv',
  title: 'CSV',
  extensions: ['.csv', '.tsv'],
  mediaTypes: ['text/csv', 'text/tab-separated-values'],
  can,
  options,
  probe,
  encode,
  decode,
  open,
  index,
  edit,
  engines: { papaparse },
  defaultEngine: 'native',
};
