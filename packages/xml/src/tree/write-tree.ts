import type { Bytes, Value } from '@formatlab/core';
import { MARK } from '../typed/vocabulary.js';
import { XmlWriter } from '../write/xml-writer.js';
import { type TreeContext, toTree } from './to-tree.js';
import { ATTRIBUTE, CONTENT, TREE_MARK, TREE_ROOT, type Tree } from './tree.js';

const MOST_INDENT = 24;

/** Writes records as elements by name, the way `readTree` reads them. */
export function writeTree(value: Value, context: TreeContext): Bytes {
  const { name, tree } = toTree(value, context);
  const out = new XmlWriter();
  out.ascii('<?xml version="1.0" encoding="UTF-8"?>\n');
  writeElement(out, name ?? TREE_ROOT, tree, 1, false, name === undefined ? TREE_MARK : undefined);
  out.ascii('\n');
  return out.pieces();
}

/** @param inText whether text stands around it: white space would become part of that */
function writeElement(
  out: XmlWriter,
  name: string,
  tree: Tree,
  depth: number,
  inText: boolean,
  mark?: string,
): void {
  out.ascii('<');
  out.literal(name);
  if (mark !== undefined) out.attribute(MARK, mark);
  if (typeof tree === 'string') {
    out.ascii('>');
    out.text(tree);
  } else {
    const names = Object.keys(tree);
    for (const member of names)
      if (member.startsWith(ATTRIBUTE)) out.attribute(member.slice(1), tree[member] as string);
    out.ascii('>');
    const text = tree[CONTENT];
    if (text !== undefined) out.text(text as string);
    const inline = inText || text !== undefined;
    const elements = names.filter((member) => !member.startsWith(ATTRIBUTE) && member !== CONTENT);
    for (const member of elements) {
      const inner = tree[member]!;
      for (const item of Array.isArray(inner) ? (inner as readonly Tree[]) : [inner as Tree]) {
        if (!inline) line(out, depth);
        writeElement(out, member, item, depth + 1, inline);
      }
    }
    if (elements.length > 0 && !inline) line(out, depth - 1);
  }
  out.ascii('</');
  out.literal(name);
  out.ascii('>');
}

function line(out: XmlWriter, depth: number): void {
  out.ascii(`\n${'  '.repeat(Math.min(depth, MOST_INDENT))}`);
}
