import type { OptionSpecs } from '@formatlab/core';

export interface XmlOptions {
  readonly as?: 'auto' | 'tree' | 'nodes';
  readonly dtd?: 'refuse' | 'internal';
  readonly namespaces?: boolean;
}

export const xmlOptions: OptionSpecs<XmlOptions> = {
  as: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'tree', 'nodes'],
    default: 'auto',
    doc: "How elements are values: those of files written by FormatLab as what they say, of others as records of names, '@name' attributes and '#text' (auto); always so (tree); every node in order, nothing lost (nodes)",
  },
  dtd: {
    for: 'read',
    type: 'enum',
    choices: ['refuse', 'internal'],
    default: 'internal',
    doc: 'A document type declaration: its internal entities are expanded within bounds (internal), or it is an error (refuse); external entities are never opened',
  },
  namespaces: {
    for: 'both',
    type: 'boolean',
    default: true,
    doc: 'Check prefixes as Namespaces in XML has them; without, a colon is a letter as in XML 1.0 alone',
  },
};

/** Every option decided. */
export interface Rules {
  readonly as: 'auto' | 'tree' | 'nodes';
  readonly dtd: 'refuse' | 'internal';
  readonly namespaces: boolean;
}

export function rulesOf(options: XmlOptions): Rules {
  const { as = 'auto', dtd = 'internal', namespaces = true } = options;
  return { as, dtd, namespaces };
}
