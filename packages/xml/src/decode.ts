import { type Context, defaultBudget, FormatError, type Loss, type Value } from '@formatlab/core';
import { readNodes } from './nodes/read-nodes.js';
import { rulesOf, type XmlOptions } from './options.js';
import { END_OF_FILE, START } from './parse/events.js';
import { XmlScanner } from './parse/scanner.js';
import { countSilent, readTree } from './tree/read-tree.js';
import { TreeLosses } from './tree/tree.js';
import type { ReadContext } from './typed/element-reader.js';
import { isTyped, ValueReader } from './typed/read-value.js';

export function decode(bytes: Uint8Array, context: Context<XmlOptions>): Value {
  return decodeWith(bytes, context.options, context);
}

/**
 * The value in an XML document (XML 1.0, fifth edition, and Namespaces in XML 1.0). Files of this package give what was
 * written; others a record of their elements, or with `as: 'nodes'` every node.
 *
 * @param onLoss is told what a record does not hold: comments, the order of mixed content
 * @throws FormatError `corrupt` with line, column and byte offset for a document that is not well-formed,
 * `unsupported` for external entities and unknown encodings, `limit` for entities that expand without end
 */
export function decodeXml(
  bytes: Uint8Array,
  options: XmlOptions = {},
  onLoss: (loss: Loss) => void = () => {},
): Value {
  return decodeWith(bytes, options, { budget: defaultBudget(bytes.length), loss: onLoss, progress() {} });
}

function decodeWith(bytes: Uint8Array, options: XmlOptions, context: ReadContext): Value {
  const rules = rulesOf(options);
  const scanner = new XmlScanner(bytes, {
    dtd: rules.dtd,
    namespaces: rules.namespaces,
    budget: context.budget,
    progress: (done) => context.progress(done, bytes.length),
  });
  checkStart(scanner);
  if (rules.as === 'nodes') return readNodes(scanner, context);
  const losses = new TreeLosses();
  let event = scanner.next();
  for (; event !== START; event = scanner.next()) countSilent(event, losses);
  if (rules.as === 'tree' || !isTyped(scanner)) return readTree(scanner, context, losses);
  const value = new ValueReader(scanner, context).value();
  // Comments are not values: what somebody added by hand is no loss of ours.
  while (scanner.next() !== END_OF_FILE);
  return value;
}

const LESS = 0x3c;

function checkStart({ input }: XmlScanner): void {
  const { bytes, start } = input;
  let at = start;
  while (at < bytes.length && bytes[at]! <= 0x20) at++;
  if (bytes[at] === LESS) return;
  throw new FormatError('not-this-format', 'read XML: the text does not begin with a tag', {
    format: 'xml',
    offset: input.locate(at),
  });
}
