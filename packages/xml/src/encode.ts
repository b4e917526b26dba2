import {
  Budget,
  type Bytes,
  type Context,
  FormatError,
  fitValue,
  joinBytes,
  type Loss,
  type Value,
} from '@formatlab/core';
import { capabilities } from './capabilities.js';
import { isDocument, writeNodes } from './nodes/write-nodes.js';
import { rulesOf, type XmlOptions } from './options.js';
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
  const { as } = rulesOf(options);
  if (as === 'tree') return writeTree(value, context);
  if (isDocument(value)) return writeNodes(value, context);
  if (as === 'auto') return new ValueWriter(context).document(value);
  throw new FormatError('unsupported', "write a value that is no document of nodes as XML: 'as' is 'nodes'", {
    format: 'xml',
    feature: 'nodes',
  });
}
