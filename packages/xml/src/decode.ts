import { type Context, defaultBudget, FormatError, type Loss, type Value } from '@formatlab/core';
import { readNodes } from './nodes/read-nodes.js';
import { rulesOf, type XmlOptions } from './options.js';
import { END_OF_FILE, START } from './parse/events.js';
import { XmlScanner } from './parse/scanner.js';
import { readTree } from './tree/read-tree.js';
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
  // Not END_OF_FILE: a document without an element is an error.
  while (scanner.next() !== START);
  const value =
    rules.as === 'tree' || !isTyped(scanner) ? readTree(scanner, context) : readTyped(scanner, context);
  reportSilent(scanner, context);
  return value;
}

function readTyped(scanner: XmlScanner, context: ReadContext): Value {
  const value = new ValueReader(scanner, context).value();
  while (scanner.next() !== END_OF_FILE);
  return value;
}

/** Tells of the parts of a document that are no values. */
function reportSilent({ comments, instructions, dtd }: XmlScanner, context: ReadContext): void {
  const dropped = (from: string, count: number): void => {
    if (count > 0) context.loss({ path: '', kind: 'dropped', from, to: 'nothing', count });
  };
  dropped('comments', comments);
  dropped('processing instructions', instructions);
  dropped('document type declaration', dtd === undefined ? 0 : 1);
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
