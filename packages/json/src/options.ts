import type { OptionSpecs } from '@formatlab/core';

export interface JsonOptions {
  readonly arrays?: 'auto' | 'always' | 'never';
  readonly tables?: 'auto' | 'always' | 'never';
  readonly nan?: 'python' | 'null' | 'refuse';
  readonly indent?: number;
}

export interface NdjsonOptions {
  readonly tables?: 'auto' | 'always' | 'never';
  readonly nan?: 'python' | 'null' | 'refuse';
}

const MOST_INDENT = 10;

export const ndjsonOptions: OptionSpecs<NdjsonOptions> = {
  tables: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    doc: 'Read records as a table: where all have the same names and each name one type of scalar (auto), also where names are missing or types are mixed (always), or not',
  },
  nan: {
    for: 'both',
    type: 'enum',
    choices: ['python', 'null', 'refuse'],
    default: 'python',
    doc: "NaN, Infinity and -Infinity: bare words as Python's json has them, null with a reported loss, or an error",
  },
};

export const jsonOptions: OptionSpecs<JsonOptions> = {
  arrays: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    doc: 'Read rectangular lists of numbers as arrays: at the root and where all members of the root are arrays or tables (auto), everywhere, or nowhere; when writing, the reading that losses are reported for',
  },
  ...ndjsonOptions,
  indent: {
    for: 'write',
    type: 'integer',
    min: 0,
    max: MOST_INDENT,
    default: 0,
    doc: 'Blanks a level; 0 writes everything on one line',
  },
};

/** What the plain functions and the engines work with: every option decided. */
export interface Rules {
  readonly arrays: 'auto' | 'always' | 'never';
  readonly tables: 'auto' | 'always' | 'never';
  readonly nan: 'python' | 'null' | 'refuse';
  readonly indent: number;
}

export function rulesOf(options: JsonOptions): Rules {
  const { arrays = 'auto', tables = 'auto', nan = 'python', indent = 0 } = options;
  return { arrays, tables, nan, indent };
}
