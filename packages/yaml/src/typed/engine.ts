import type { Bytes, Context, Value } from '@formatlab/core';
import { decodeWith } from '../decode.js';
import { encodeWith } from '../encode.js';
import { rulesOf, type YamlOptions } from '../options.js';

/** Every value of the model, exactly: what YAML has no node for stands behind tags of this package. */
export function encode(value: Value, context: Context<YamlOptions>): Bytes {
  return encodeWith(value, rulesOf(context.options), true, context);
}

/** @throws FormatError `corrupt`, also for a tag of this package with something else behind it; `limit` */
export function decode(bytes: Uint8Array, context: Context<YamlOptions>): Value {
  return decodeWith(bytes, { ...rulesOf(context.options), arrays: 'never', tables: 'never' }, context);
}
