import type { Format } from '@formatlab/core';
import { capabilities } from '../capabilities.js';
import { type NdjsonOptions, ndjsonOptions } from '../options.js';
import { probeLines } from '../probe.js';
import { decode } from './decode.js';
import { edit } from './editor.js';
import { encode } from './encode.js';
import { index } from './line-index.js';
import { open } from './reader.js';

/** Newline-delimited JSON: one record a line, a table as a whole. */
export const ndjson: Format<NdjsonOptions> = {
  id: 'ndjson',
  title: 'NDJSON',
  extensions: ['.ndjson', '.jsonl'],
  mediaTypes: ['application/x-ndjson', 'application/jsonl'],
  can: { ...capabilities, roots: ['table'], batches: { read: true, write: true }, append: 'tail' },
  options: ndjsonOptions,
  probe: probeLines,
  encode,
  decode,
  open,
  index,
  edit,
};
