import {
  type Bytes,
  FormatError,
  isRecord,
  isTagged,
  kindOfValue,
  type Tagged,
  type Value,
} from '@formatlab/core';
import { isName, isXmlText } from '../parse/characters.js';
import type { WriteContext } from '../typed/write-value.js';
import { XmlWriter } from '../write/xml-writer.js';
import { CDATA_SECTION, COMMENT_NODE, DECLARATION, DOCUMENT, ELEMENT, PROCESSING } from './tags.js';

/** Whether a value is a document of nodes. */
export function isDocument(value: Value): value is Tagged {
  return isTagged(value) && value.tag === DOCUMENT;
}

/**
 * Writes nodes as they are; reading them back gives the same nodes.
 *
 * @throws FormatError `unsupported` for what would not be a well-formed document
 */
export function writeNodes(document: Tagged, context: WriteContext): Bytes {
  const writer = new NodeWriter(context);
  writer.document(document);
  return writer.out.pieces();
}

class NodeWriter {
  readonly out = new XmlWriter();
  readonly #context: WriteContext;

  constructor(context: WriteContext) {
    this.#context = context;
  }

  document({ value, attributes }: Tagged): void {
    const version = attributes?.['version'];
    const standalone = attributes?.['standalone'];
    if (version !== undefined || standalone !== undefined) {
      this.out.ascii(
        `<?xml version="${typeof version === 'string' && /^1\.\d+$/.test(version) ? version : '1.0'}" encoding="UTF-8"`,
      );
      if (standalone !== undefined) this.out.ascii(` standalone="${standalone === true ? 'yes' : 'no'}"`);
      this.out.ascii('?>\n');
    }
    const nodes = this.#nodes(value);
    const roots = nodes.filter((node) => isTagged(node) && node.tag === ELEMENT);
    if (roots.length !== 1) throw refuse(`a document of ${roots.length} root elements`);
    for (const node of nodes) {
      if (typeof node === 'string' || (isTagged(node) && node.tag === CDATA_SECTION))
        throw refuse('text outside of the root element');
      if (isTagged(node) && node.tag === DECLARATION) this.#doctype(node);
      else this.#node(node, 1);
      this.out.ascii('\n');
    }
  }

  #node(node: Value, depth: number): void {
    const { out } = this;
    if (typeof node === 'string') {
      if (!out.text(node)) throw refuse('text with characters that XML does not have');
      return;
    }
    if (!isTagged(node)) throw refuse(`${kindOfValue(node)} among nodes`);
    if (node.tag === ELEMENT) return this.#element(node, depth);
    if (typeof node.value !== 'string') throw refuse(`'${node.tag}' that is no text`);
    const text = node.value;
    if (!isXmlText(text) || text.includes('\r'))
      throw refuse(`'${node.tag}' with characters that it can't hold`);
    if (node.tag === CDATA_SECTION && !text.includes(']]>')) return out.literal(`<![CDATA[${text}]]>`);
    if (node.tag === COMMENT_NODE && !text.includes('--') && !text.endsWith('-'))
      return out.literal(`<!--${text}-->`);
    if (node.tag === PROCESSING && !text.includes('?>') && !/^[\x20\t\n]/.test(text)) {
      const target = node.attributes?.['target'];
      if (typeof target === 'string' && isName(target) && !/^xml$/i.test(target) && !target.includes(':'))
        return out.literal(text === '' ? `<?${target}?>` : `<?${target} ${text}?>`);
    }
    throw refuse(`'${node.tag}' of this text`);
  }

  #element({ value, attributes: description }: Tagged, depth: number): void {
    const { out } = this;
    this.#context.budget.checkDepth(depth, 'XML');
    const name = description?.['name'];
    if (typeof name !== 'string' || !isName(name)) throw refuse(`an element named '${String(name)}'`);
    const attributes = description?.['attributes'];
    out.ascii('<');
    out.literal(name);
    if (isRecord(attributes)) {
      for (const [attribute, text] of Object.entries(attributes)) {
        if (!isName(attribute) || typeof text !== 'string') throw refuse(`an attribute named '${attribute}'`);
        out.attribute(attribute, text);
      }
    } else if (attributes !== undefined) throw refuse('attributes that are no record');
    const nodes = this.#nodes(value);
    if (nodes.length === 0) return out.ascii('/>');
    out.ascii('>');
    for (const node of nodes) this.#node(node, depth + 1);
    out.ascii('</');
    out.literal(name);
    out.ascii('>');
  }

  #doctype({ value }: Tagged): void {
    if (typeof value !== 'string' || !isXmlText(value))
      throw refuse('a document type declaration of this text');
    this.out.literal(`<!DOCTYPE ${value}>`);
  }

  #nodes(value: Value): readonly Value[] {
    if (!Array.isArray(value)) throw refuse(`${kindOfValue(value)} where a list of nodes is due`);
    return value;
  }
}

function refuse(what: string): FormatError {
  return new FormatError('unsupported', `write ${what} as XML: no document holds it`, {
    format: 'xml',
    feature: 'nodes',
  });
}
