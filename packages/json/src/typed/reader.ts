import type { Context, Reader, Source } from '@formatlab/core';
import { indexJson } from '../access/index-json.js';
import type { JsonOptions, Rules } from '../options.js';
import { openWith } from '../reader.js';
import { decode, openEnvelopes } from './decode.js';
import { ENVELOPE } from './envelope.js';

/** Nothing is looked for in lists: what is an array stands in an envelope. */
const RULES: Rules = { arrays: 'never', tables: 'never', nan: 'refuse', indent: 0 };

export function open(source: Source, context: Context<JsonOptions>): Reader | Promise<Reader> {
  return openWith(source, context, {
    rules: RULES,
    decode: (bytes) => decode(bytes, context),
    finish: (value) => openEnvelopes(value, context),
  });
}

/** Places of the members of a record that is no envelope, and of the items of lists. @throws FormatError `corrupt` */
export function index(source: Source, context: Context<JsonOptions>, every: number): Promise<Uint8Array> {
  return indexJson(source, context, every, RULES, { arrays: false, tables: false }, ENVELOPE);
}
