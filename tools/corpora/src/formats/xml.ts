import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FormatError, isTagged, type Value } from '@formatlab/core';
import { decodeXml } from '@formatlab/xml';
import { SaxesParser } from 'saxes';
import type { Corpus, CorpusCase } from '../corpus.js';

const SUITE = 'xml/lddubeau/packages/test-data/xmlconf';

/** A test of the W3C's conformance suite. */
interface Selected {
  readonly uri: string;
  readonly type: 'valid' | 'invalid' | 'not-wf' | 'error';
  /** External entities that a reader would have to open. */
  readonly entities: 'none' | 'general' | 'parameter' | 'both' | null;
  /** `no`: names with colons that namespaces do not allow. */
  readonly ns: 'no' | null;
  /** Path of the canonical form. */
  readonly output: string | null;
}

export const xmlCorpus: Corpus = { format: 'xml', peer: 'saxes', cases };

function* cases(folder: string): Iterable<CorpusCase> {
  const selection = JSON.parse(
    readFileSync(join(folder, 'xml/xmlconf-selection.shared.json'), 'utf8'),
  ) as readonly Selected[];
  for (const selected of selection) {
    // Errors may be reported or not; what is only invalid is well-formed.
    if (selected.type === 'error') continue;
    const bytes = readFileSync(join(folder, SUITE, selected.uri));
    const namespaces = selected.ns !== 'no';
    const output =
      selected.output === null ? undefined : readFileSync(join(folder, SUITE, selected.output), 'utf8');
    yield {
      file: `${SUITE}/${selected.uri}`,
      kind: selected.type === 'not-wf' ? 'invalid' : 'valid',
      ours: () => read(bytes, namespaces, output),
      peer() {
        const parser = new SaxesParser({ xmlns: namespaces });
        parser.on('error', (error) => {
          throw error;
        });
        parser.write(new TextDecoder('utf-8', { fatal: true }).decode(bytes)).close();
        return undefined;
      },
    };
  }
}

function read(bytes: Uint8Array, namespaces: boolean, output: string | undefined): string | undefined {
  let document: Value;
  try {
    document = decodeXml(bytes, { as: 'nodes', namespaces });
  } catch (error) {
    // External entities are never opened: refusing them by name is the right answer.
    if (error instanceof FormatError && error.feature === 'external entities') return undefined;
    throw error;
  }
  if (output === undefined || hasExternalSubset(document)) return undefined;
  const found = canonical(document);
  const wanted = output.replace(/<!DOCTYPE[^>]*\[[^\]]*\]>\n?/, '');
  return found === wanted ? undefined : `${JSON.stringify(wanted)} came back as ${JSON.stringify(found)}`;
}

/** Attributes may have defaults in a file that is not opened. */
function hasExternalSubset(document: Value): boolean {
  return nodesOf(document).some(
    (node) =>
      isTagged(node) &&
      node.tag === 'xml:doctype' &&
      (/^\S+\s+(?:SYSTEM|PUBLIC)/.test(String(node.value)) ||
        /<!ENTITY\s+%[^>]*SYSTEM/.test(String(node.value))),
  );
}

/** The suite's canonical form: comments left out, attributes sorted, CDATA as text. */
function canonical(node: Value): string {
  if (typeof node === 'string') return escaped(node);
  if (!isTagged(node)) return '';
  const inner = (): string => nodesOf(node).map(canonical).join('');
  switch (node.tag) {
    case 'xml:document':
      return inner();
    case 'xml:cdata':
      return escaped(String(node.value));
    case 'xml:instruction':
      return `<?${String(node.attributes?.['target'])} ${String(node.value)}?>`;
    case 'xml:element': {
      const name = String(node.attributes?.['name']);
      const attributes = Object.entries((node.attributes?.['attributes'] ?? {}) as Record<string, string>)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([attribute, value]) => ` ${attribute}="${escaped(value)}"`);
      return `<${name}${attributes.join('')}>${inner()}</${name}>`;
    }
    default:
      return '';
  }
}

function nodesOf(node: Value): readonly Value[] {
  return isTagged(node) && Array.isArray(node.value) ? (node.value as readonly Value[]) : [];
}

const STAND_INS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"\t\n\r]/g, (character) => STAND_INS[character] ?? character);
}
