import {
  Budget,
  type Bytes,
  type Context,
  FormatError,
  fitValue,
  isFormatError,
  joinBytes,
  type Loss,
  type Value,
} from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { isDocument, writeNodes } from './nodes/write-nodes.js';
import { type Rules, rulesOf, type XmlOptions } from './options.js';
import { END_OF_FILE } from './parse/events.js';
import { XmlScanner } from './parse/scanner.js';
import type { TreeContext } from './tree/to-tree.js';
import { writeTree } from './tree/write-tree.js';
import { ValueWriter, type WriteContext } from './typed/write-value.js';

export function encode(value: Value, context: Context<XmlOptions>): Bytes {
  return encodeWith(value, context.options, context);
}

/**
 * A value as an XML document in UTF-8: with its types, so that it reads back the same; nodes as they are; with
 * `as: 'tree'` as plain elements by name.
 *
 * @param onLoss is told what plain elements do not hold
 * @throws FormatError `unsupported` for a cycle, and in plain elements for names and characters that XML does not have
 */
export function encodeXml(
  value: Value,
  options: XmlOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Uint8Array {
  const fitted = fitValue(value, { id: 'xml', can: capabilities }, onLoss);
  return joinBytes(encodeWith(fitted, options, { budget: new Budget(), loss: onLoss, progress() {} }));
}

function encodeWith(value: Value, options: XmlOptions, context: WriteContext & TreeContext): Bytes {
  const rules = rulesOf(options);
  if (rules.as === 'tree') return checked(writeTree(value, context), rules, context);
  if (isDocument(value)) return checked(writeNodes(value, context), rules, context);
  if (rules.as === 'auto') return new ValueWriter(context).document(value);
  throw new FormatError('unsupported', "write a value that is no document of nodes as XML: 'as' is 'nodes'", {
    format: 'xml',
    feature: 'nodes',
  });
}

/** Names and declarations come from the caller here: what we would not read, we do not write. */
function checked(pieces: Bytes, { namespaces }: Rules, { budget }: WriteContext): Bytes {
  const bytes = joinBytes(pieces);
  const scanner = new XmlScanner(bytes, { dtd: 'internal', namespaces, budget, progress() {} });
  try {
    while (scanner.next() !== END_OF_FILE);
  } catch (cause) {
    if (!isFormatError(cause) || cause.code !== 'corrupt') throw cause;
    const message = `write a document that would not be well-formed as XML: ${cause.message.replace(/^.*?: /, '')}`;
    throw new FormatError('unsupported', message, { format: 'xml', feature: 'nodes', cause });
  }
  return bytes;
}
