import type { OptionSpecs } from '@formatlab/core';

export interface MsgpackOptions {
  /** How arrays are written; reading knows all of them. Default `numpy`. */
  readonly arrays?: 'numpy' | 'lists' | 'ext';
  /** How tables are written. Default `columns`. */
  readonly tables?: 'columns' | 'rows';
  /** Shortest headers everywhere: no alignment of array data, no room for entries added later. Default false. */
  readonly compact?: boolean;
  /** The file is a sequence of values, one behind the other: a list, or a table by rows. Default false. */
  readonly stream?: boolean;
  /** What a string that is not UTF-8 is read as. Default `refuse`. */
  readonly invalidText?: 'refuse' | 'bytes';
}

export const options: OptionSpecs<MsgpackOptions> = {
  arrays: {
    type: 'enum',
    choices: ['numpy', 'lists', 'ext'],
    default: 'numpy',
    for: 'write',
    doc: 'How arrays are written: as msgpack-numpy of Python does, as nested lists (dtypes are lost), or as an extension type of FormatLab.',
  },
  tables: {
    type: 'enum',
    choices: ['columns', 'rows'],
    default: 'columns',
    for: 'write',
    doc: 'How tables are written: columns with their types, exact, or a list of one map a row (column types are lost).',
  },
  compact: {
    type: 'boolean',
    default: false,
    for: 'write',
    doc: 'Write the shortest headers everywhere; array data is then rarely aligned, and adding an entry may rewrite the file.',
  },
  stream: {
    type: 'boolean',
    default: false,
    for: 'both',
    doc: 'The file is a sequence of values, one behind the other: the elements of a list, or the rows of a table.',
  },
  invalidText: {
    type: 'enum',
    choices: ['refuse', 'bytes'],
    default: 'refuse',
    for: 'read',
    doc: 'What a string that is not UTF-8 becomes: an error, or bytes (old writers kept binary data in strings).',
  },
};
