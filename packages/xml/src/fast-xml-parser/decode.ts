import {
  type Budget,
  type Context,
  FormatError,
  isFormatError,
  newRecord,
  type Value,
} from '@formatlab/core';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import type { XmlOptions } from '../options.js';
import { openInput } from '../parse/input.js';
import { ATTRIBUTE, CONTENT, TREE_MARK } from '../tree/tree.js';
import { MARK } from '../typed/vocabulary.js';

const ELEMENT_BYTES = 48;

/**
 * Elements by name as fast-xml-parser reads them: validated first, numbers left as text, nothing trimmed.
 *
 * @throws FormatError `corrupt` for what its validator or its parser refuses
 */
export function decode(bytes: Uint8Array, context: Context<XmlOptions>): Value {
  const input = openInput(bytes);
  const text = utf8Text(input.bytes);
  if (!/^\ufeff?\s*</.test(text)) {
    throw new FormatError('not-this-format', 'read XML: the text does not begin with a tag', {
      format: 'xml',
      offset: 0,
    });
  }
  if (context.options.dtd === 'refuse' && /<!DOCTYPE/.test(text)) {
    throw new FormatError('unsupported', "read the document type declaration of XML: 'dtd' is 'refuse'", {
      format: 'xml',
      feature: 'document type declarations',
    });
  }
  context.budget.takeBytes(text.length * 2, 'XML');
  const verdict = validate(text);
  if (verdict !== true) {
    const { line, col, msg } = verdict.err;
    throw new FormatError('corrupt', `read XML at line ${line}, column ${col}: ${msg.replace(/\.$/, '')}`, {
      format: 'xml',
    });
  }
  return documentOf(parse(text, context.budget.maxDepth), context);
}

function utf8Text(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FormatError('corrupt', 'read XML: the text is not UTF-8', { format: 'xml', cause });
  }
}

function validate(text: string): ReturnType<typeof XMLValidator.validate> {
  try {
    return XMLValidator.validate(text);
  } catch (cause) {
    throw failure(cause);
  }
}

function parse(text: string, depth: number): unknown {
  try {
    return new XMLParser({
      ignoreAttributes: false,
      attributeNamePrefix: ATTRIBUTE,
      textNodeName: CONTENT,
      parseTagValue: false,
      parseAttributeValue: false,
      trimValues: false,
      processEntities: true,
      // Without it references such as &#233; are left as they are.
      htmlEntities: true,
      ignoreDeclaration: true,
      ignorePiTags: true,
      maxNestedTags: Math.min(depth, Number.MAX_SAFE_INTEGER),
    }).parse(text);
  } catch (cause) {
    throw failure(cause);
  }
}

function failure(cause: unknown): FormatError {
  if (isFormatError(cause)) return cause;
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = /nest|limit|exceed|depth/i.test(message) ? 'limit' : 'corrupt';
  return new FormatError(code, `read XML with fast-xml-parser: ${message.replace(/\.$/, '')}`, {
    format: 'xml',
    cause,
  });
}

function documentOf(parsed: unknown, { budget }: { readonly budget: Budget }): Value {
  const root = copy(parsed, budget, 0);
  if (typeof root !== 'object' || root === null || Array.isArray(root))
    throw new FormatError('corrupt', 'read XML with fast-xml-parser: there is no element', { format: 'xml' });
  const document = root as { [name: string]: Value };
  const outside = document[CONTENT] ?? '';
  delete document[CONTENT];
  const [name, ...others] = Object.keys(document);
  const inner = name === undefined ? undefined : document[name];
  // Its validator lets several roots pass, and text beside them.
  if (inner === undefined || others.length > 0 || Array.isArray(inner) || String(outside).trim() !== '')
    throw new FormatError('corrupt', 'read XML with fast-xml-parser: there is no single root element', {
      format: 'xml',
    });
  const mark = `${ATTRIBUTE}${MARK}`;
  if (
    typeof inner === 'object' &&
    inner !== null &&
    (inner as { [name: string]: Value })[mark] === TREE_MARK
  ) {
    const unwrapped = inner as { [name: string]: Value };
    delete unwrapped[mark];
    return unwrapped;
  }
  return document;
}

/** What the library made, in records of ours; white space between elements is left out. */
function copy(value: unknown, budget: Budget, depth: number): Value {
  budget.checkDepth(depth, 'XML');
  budget.takeItems(1, 'XML');
  budget.takeBytes(ELEMENT_BYTES, 'elements of XML');
  if (Array.isArray(value)) return value.map((item) => copy(item, budget, depth));
  if (typeof value !== 'object' || value === null) return String(value);
  const record = newRecord();
  const names = Object.keys(value);
  const elements = names.some((name) => name !== CONTENT && !name.startsWith(ATTRIBUTE));
  for (const name of names) {
    const member = (value as { readonly [name: string]: unknown })[name];
    if (name === CONTENT && elements && /^[\x20\t\r\n]*$/.test(String(member))) continue;
    record[name] = copy(member, budget, depth + 1);
  }
  return record;
}
