import type { Bytes, Context, Editor, Reader, Sink, Source, Value } from '@formatlab/core';
import { decodeWith } from '../decode.js';
import { editWith } from '../documents/editor.js';
import { openWith } from '../documents/reader.js';
import { encodeWith } from '../encode.js';
import { type Rules, rulesOf, type YamlOptions } from '../options.js';

/** Every value of the model, exactly: what YAML has no node for stands behind tags of this package. */
export function encode(value: Value, context: Context<YamlOptions>): Bytes {
  return encodeWith(value, rulesOf(context.options), true, context);
}

/** @throws FormatError `corrupt`, also for a tag of this package with something else behind it; `limit` */
export function decode(bytes: Uint8Array, context: Context<YamlOptions>): Value {
  return decodeWith(bytes, typedRules(context), context);
}

export function open(source: Source, context: Context<YamlOptions>): Promise<Reader> {
  return openWith(source, typedRules(context), context);
}

export function edit(sink: Sink, context: Context<YamlOptions>): Promise<Editor> {
  return editWith(sink, { decode, encode, rules: typedRules(context), typed: true }, context);
}

function typedRules(context: Context<YamlOptions>): Rules {
  return { ...rulesOf(context.options), arrays: 'never', tables: 'never' };
}
