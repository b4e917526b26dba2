import type { OptionSpecs } from '@formatlab/core';

export interface PickleOptions {
  /** 0 to 5. Default 5, which Python reads since 3.8. */
  readonly protocol?: number;
  /** How tables are written. Default `columns`. */
  readonly tables?: 'columns' | 'pandas';
  /** What strings of Python 2 are read as. Default `latin1`, which keeps every byte. */
  readonly oldStrings?: 'latin1' | 'utf8' | 'ascii' | 'bytes';
  /** Order of arrays that lie column by column. Default `C`. */
  readonly order?: 'C' | 'keep';
  /** The file is a sequence of pickles: the elements of a list. Default false. */
  readonly stream?: boolean;
  /** Out-of-band buffers of protocol 5, in order: a list of `Uint8Array`. */
  readonly buffers?: readonly Uint8Array[];
}

export const options: OptionSpecs<PickleOptions> = {
  protocol: {
    type: 'integer',
    min: 0,
    max: 5,
    default: 5,
    for: 'write',
    doc: 'Protocol to write: 0 to 2 for Python 2, 3 for Python 3.0, 4 for 3.4, 5 for 3.8.',
  },
  tables: {
    type: 'enum',
    choices: ['columns', 'pandas'],
    default: 'columns',
    for: 'write',
    doc: 'Tables as a dict of arrays by column, exact, or as a pandas DataFrame (which needs pandas to load).',
  },
  oldStrings: {
    type: 'enum',
    choices: ['latin1', 'utf8', 'ascii', 'bytes'],
    default: 'latin1',
    for: 'read',
    doc: "What strings of Python 2 are read as; latin1 keeps every byte, as pickle.load(encoding='latin1') does.",
  },
  order: {
    type: 'enum',
    choices: ['C', 'keep'],
    default: 'C',
    for: 'read',
    doc: "Turn Fortran-ordered arrays into C order, or keep the file's order.",
  },
  stream: {
    type: 'boolean',
    default: false,
    for: 'both',
    doc: 'The file is a sequence of pickles, one behind the other: the elements of a list.',
  },
  buffers: {
    type: 'value',
    for: 'read',
    doc: 'Out-of-band buffers of protocol 5 in order, a list of Uint8Array.',
  },
};
