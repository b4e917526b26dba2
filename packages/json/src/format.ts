import { DTYPES, type Format } from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { decode } from './decode.js';
import { encode } from './encode.js';
import { type JsonOptions, jsonOptions } from './options.js';
import { probe } from './probe.js';
import { index, open } from './reader.js';

/** JSON (RFC 8259) as everybody reads it; the engine `typed` keeps every type in documented envelopes. */
export const json: Format<JsonOptions> = {
  id: 'json',
  title: 'JSON',
  extensions: ['.json', '.geojson'],
  mediaTypes: ['application/json', 'application/geo+json'],
  can: capabilities,
  options: jsonOptions,
  probe,
  encode,
  decode,
  open,
  index,
  engines: {
    typed: {
      title: 'typed JSON',
      can: { ...capabilities, dtypes: { read: DTYPES, write: DTYPES } },
      load: () => import('./typed/engine.js'),
    },
  },
  defaultEngine: 'plain',
};
