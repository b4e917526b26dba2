import type { OptionSpecs } from '@formatlab/core';

export interface YamlOptions {
  readonly version?: '1.1' | '1.2';
  readonly documents?: 'auto' | 'list' | 'one';
  readonly arrays?: 'auto' | 'always' | 'never';
  readonly tables?: 'auto' | 'always' | 'never';
  readonly aliases?: number;
}

const MOST_ALIASES = 1_000_000;

export const yamlOptions: OptionSpecs<YamlOptions> = {
  version: {
    for: 'read',
    type: 'enum',
    choices: ['1.1', '1.2'],
    default: '1.2',
    doc: "What text without quotes means: YAML 1.2's core schema, or YAML 1.1 as PyYAML has it, where yes is true, 017 is 15 and 2024-02-29 a date; a %YAML directive in the file goes first",
  },
  documents: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'list', 'one'],
    default: 'auto',
    doc: 'Several documents in a file: a list of them, one alone is itself (auto); always a list (list), written with a document for each item; more than one is an error (one)',
  },
  arrays: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    doc: 'Read rectangular lists of numbers as arrays: at the root and where all members of the root are arrays or tables (auto), everywhere, or nowhere; when writing, the reading that losses are reported for',
  },
  tables: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    doc: 'Read lists of maps as tables where all have the same names and each name one type of scalar: in the same places (auto), everywhere, or nowhere',
  },
  aliases: {
    for: 'read',
    type: 'integer',
    min: 0,
    max: Number.MAX_SAFE_INTEGER,
    default: MOST_ALIASES,
    doc: 'How many nodes aliases may repeat in all, which bounds what a small file can become',
  },
};

/** Every option decided. */
export type Rules = Required<YamlOptions>;

export function rulesOf(options: YamlOptions): Rules {
  const {
    version = '1.2',
    documents = 'auto',
    arrays = 'auto',
    tables = 'auto',
    aliases = MOST_ALIASES,
  } = options;
  return { version, documents, arrays, tables, aliases };
}
