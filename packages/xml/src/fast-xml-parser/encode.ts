import { type Bytes, type Context, FormatError, type Value } from '@formatlab/core';
import { XMLBuilder } from 'fast-xml-parser';
import type { XmlOptions } from '../options.js';
import { toTree } from '../tree/to-tree.js';
import { ATTRIBUTE, CONTENT, TREE_MARK, TREE_ROOT, type Tree } from '../tree/tree.js';
import { MARK } from '../typed/vocabulary.js';

/** Names that the library does not give back. */
const RESERVED: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
]);

/** It takes no names with characters beyond the basic plane. */
const isKept = (name: string): boolean => !RESERVED.has(name) && !/[\ud800-\udfff]/.test(name);

/**
 * Plain elements through XMLBuilder, which writes names and characters as they come: both are checked before.
 *
 * @throws FormatError `unsupported` for what the library writes but does not read back
 */
export function encode(value: Value, context: Context<XmlOptions>): Bytes {
  const { name, tree } = toTree(value, context);
  check(tree, '');
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: ATTRIBUTE,
    textNodeName: CONTENT,
    suppressBooleanAttributes: false,
    processEntities: true,
  });
  const content =
    name !== undefined
      ? tree
      : { [`${ATTRIBUTE}${MARK}`]: TREE_MARK, ...(typeof tree === 'string' ? { [CONTENT]: tree } : tree) };
  const document = builder.build({
    '?xml': { [`${ATTRIBUTE}version`]: '1.0', [`${ATTRIBUTE}encoding`]: 'UTF-8' },
    [name ?? TREE_ROOT]: content,
  });
  if (name !== undefined && !isKept(name)) throw refuse(name, 'the library does not read this name');
  return new TextEncoder().encode(document);
}

function check(tree: Tree | readonly Tree[], path: string): void {
  if (typeof tree === 'string') {
    // It reads carriage returns and blank texts as something else.
    if (tree.includes('\r')) throw refuse(path, 'the library changes carriage returns');
    return;
  }
  if (Array.isArray(tree)) {
    tree.forEach((item: Tree, i) => void check(item, `${path}/${i}`));
    return;
  }
  for (const [name, member] of Object.entries(tree as { [name: string]: Tree | readonly Tree[] })) {
    if (!isKept(name.replace(/^@/, '')))
      throw refuse(`${path}/${name}`, 'the library does not read this name');
    if (name.startsWith(ATTRIBUTE) && /[\n\t\r]/.test(String(member)))
      throw refuse(`${path}/${name}`, 'the library changes line ends in attributes');
    check(member, `${path}/${name}`);
  }
}

function refuse(path: string, state: string): FormatError {
  return new FormatError('unsupported', `write '${path}' with fast-xml-parser: ${state}`, {
    format: 'xml',
    path,
    feature: 'engine fast-xml-parser',
  });
}
