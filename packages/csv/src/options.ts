import type { OptionSpecs } from '@formatlab/core';

/** Where a column's type comes from when it is not inferred: a dtype, `datetime64[ms]` with its unit. */
export type ColumnTypes = string | { readonly [column: string]: string };

export interface CsvOptions {
  readonly delimiter?: string;
  readonly header?: 'auto' | 'yes' | 'no';
  readonly types?: ColumnTypes;
  readonly quote?: string;
  readonly encoding?: 'utf-8' | 'utf-16le' | 'latin1';
  readonly newline?: 'lf' | 'crlf';
  readonly nulls?: readonly string[];
  readonly comments?: string;
  readonly decimal?: '.' | ',';
  readonly ragged?: 'refuse' | 'fill';
}

export const options: OptionSpecs<CsvOptions> = {
  delimiter: {
    for: 'both',
    type: 'string',
    doc: 'One ASCII character between cells; default: detected among , ; tab | on reading, a tab for .tsv and else , on writing',
  },
  header: {
    for: 'both',
    type: 'enum',
    choices: ['auto', 'yes', 'no'],
    default: 'auto',
    doc: 'Whether the first row holds column names; auto: decided by its cells on reading, tables only on writing',
  },
  types: {
    for: 'read',
    type: 'value',
    doc: "dtype of every column, or of columns by name: 'float32', { id: 'string', at: 'datetime64[ms]' }; default: inferred",
  },
  quote: {
    for: 'both',
    type: 'string',
    default: '"',
    doc: 'One ASCII character around cells that hold special characters; an empty text for files without quoting',
  },
  encoding: {
    for: 'both',
    type: 'enum',
    choices: ['utf-8', 'utf-16le', 'latin1'],
    default: 'utf-8',
    doc: 'Character encoding; latin1 is windows-1252; on reading a byte order mark wins over it',
  },
  newline: {
    for: 'write',
    type: 'enum',
    choices: ['lf', 'crlf'],
    default: 'lf',
    doc: 'What ends a row: LF, or CR LF as in RFC 4180; on reading both are known, and a lone CR',
  },
  nulls: {
    for: 'both',
    type: 'value',
    doc: "Unquoted texts that mean null besides the empty cell, such as ['NA']; the first one is written for nulls",
  },
  comments: {
    for: 'both',
    type: 'string',
    doc: 'Rows that begin with this text are left out, such as #; cells that begin with it are quoted on writing',
  },
  decimal: {
    for: 'both',
    type: 'enum',
    choices: ['.', ','],
    default: '.',
    doc: 'The decimal mark of numbers; with , the delimiter has to be another character',
  },
  ragged: {
    for: 'read',
    type: 'enum',
    choices: ['refuse', 'fill'],
    default: 'refuse',
    doc: 'Rows of differing length: refuse the file, or fill short rows with nulls',
  },
};
