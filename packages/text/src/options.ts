import { FormatError, type OptionSpecs } from '@formatlab/core';

export interface TextOptions {
  /** What the file is: rows of numbers, or lines of text. Default `auto`: numbers where the first row is numbers. */
  readonly as?: 'auto' | 'numbers' | 'lines';
  /** Type of the numbers. Default `auto`: int64 where all are integers that fit, else float64, else complex128. */
  readonly dtype?: 'auto' | 'int64' | 'float64' | 'complex128';
  /** One ASCII character between cells. Default: any blanks on reading, a space on writing. */
  readonly delimiter?: string;
  /** What begins a comment; nothing where it is empty. Default `#`. */
  readonly comments?: string;
  /** Lines at the start that are not looked at. Default 0. */
  readonly skipRows?: number;
  /** Lines at the end that are not looked at. Default 0. */
  readonly skipFooter?: number;
  /** Most rows to read. */
  readonly maxRows?: number;
  /** Columns to read, in this order; negative ones count from the last. */
  readonly usecols?: readonly number[] | number;
  /** Whether a single row becomes one dimension and a single number none, as in `loadtxt`. Default false. */
  readonly squeeze?: boolean;
  /** What an empty cell between delimiters is. Default `refuse`. */
  readonly missing?: 'refuse' | 'nan';
  /** printf formats of `savetxt`: one for all cells, a list of one for each column, or one text for the whole row. */
  readonly fmt?: string | readonly string[];
  /** Text above the numbers, as a comment. */
  readonly header?: string;
  /** Text below the numbers, as a comment. */
  readonly footer?: string;
  /** Line ends that are written. Default `lf`. */
  readonly newline?: 'lf' | 'crlf';
  /** Default `utf-8`; a byte order mark wins on reading. */
  readonly encoding?: 'utf-8' | 'utf-16le' | 'latin1';
}

export const options: OptionSpecs<TextOptions> = {
  as: {
    type: 'enum',
    choices: ['auto', 'numbers', 'lines'],
    default: 'auto',
    for: 'both',
    doc: 'What the file is: rows of numbers, or lines of text; auto takes it for numbers where its first row is numbers.',
  },
  dtype: {
    type: 'enum',
    choices: ['auto', 'int64', 'float64', 'complex128'],
    default: 'auto',
    for: 'read',
    doc: 'Type of the numbers; auto takes int64 where all are integers that fit, else float64, else complex128.',
  },
  delimiter: {
    type: 'string',
    default: '',
    for: 'both',
    doc: 'One ASCII character between cells; empty stands for any blanks on reading and a space on writing.',
  },
  comments: {
    type: 'string',
    default: '#',
    for: 'both',
    doc: 'What begins a comment, and each line of header and footer; empty for none.',
  },
  skipRows: {
    type: 'integer',
    default: 0,
    min: 0,
    for: 'read',
    doc: 'Lines at the start that are not looked at, comments and blank ones counted.',
  },
  skipFooter: {
    type: 'integer',
    default: 0,
    min: 0,
    for: 'read',
    doc: 'Lines at the end that are not looked at.',
  },
  maxRows: { type: 'integer', min: 0, for: 'read', doc: 'Most rows, or lines, to read.' },
  usecols: {
    type: 'value',
    for: 'read',
    doc: 'Columns to read, in this order: an integer or a list of them; negative ones count from the last.',
  },
  squeeze: {
    type: 'boolean',
    default: false,
    for: 'read',
    doc: 'A single row becomes an array of one dimension and a single number one of none, as in loadtxt.',
  },
  missing: {
    type: 'enum',
    choices: ['refuse', 'nan'],
    default: 'refuse',
    for: 'read',
    doc: 'What an empty cell between delimiters is: an error as in loadtxt, or NaN as in genfromtxt.',
  },
  fmt: {
    type: 'value',
    for: 'write',
    doc: 'printf formats as in savetxt: %d %e %f %g %s with width and precision, one for all, a list of one for each column, or one text for the row; by default the shortest text that reads back exactly.',
  },
  header: { type: 'string', default: '', for: 'write', doc: 'Text above the numbers, as a comment.' },
  footer: { type: 'string', default: '', for: 'write', doc: 'Text below the numbers, as a comment.' },
  newline: {
    type: 'enum',
    choices: ['lf', 'crlf'],
    default: 'lf',
    for: 'write',
    doc: 'Line ends that are written.',
  },
  encoding: {
    type: 'enum',
    choices: ['utf-8', 'utf-16le', 'latin1'],
    default: 'utf-8',
    for: 'both',
    doc: 'Encoding of the text; a byte order mark wins on reading.',
  },
};

/** How rows are told from each other and taken apart. */
export interface Dialect {
  /** A byte, or −1 for any blanks. */
  readonly delimiter: number;
  readonly comments: Uint8Array | undefined;
  /** 1 for bytes that may stand around a cell. */
  readonly blanks: Uint8Array;
}

const BLANKS = [0x20, 0x09, 0x0b, 0x0c];
/** What numbers are made of, and line ends. */
const NO_DELIMITERS = /[0-9A-Za-z+\-.()\r\n]/;

/** @throws FormatError `options` */
export function dialectOf({ delimiter = '', comments = '#' }: TextOptions): Dialect {
  if (delimiter.length > 1 || /[^\0-\x7f]/.test(delimiter) || NO_DELIMITERS.test(delimiter)) {
    throw new FormatError(
      'options',
      `set option 'delimiter' to '${delimiter}': not one ASCII character that no number has`,
      { format: 'text' },
    );
  }
  const byte = delimiter === '' || delimiter === ' ' ? -1 : delimiter.charCodeAt(0);
  const blanks = new Uint8Array(256);
  for (const blank of BLANKS) if (blank !== byte) blanks[blank] = 1;
  const mark = comments.trim();
  return {
    delimiter: byte,
    comments: mark === '' ? undefined : new TextEncoder().encode(mark),
    blanks,
  };
}

/** The columns that the option `usecols` names; undefined for all. @throws FormatError `options` */
export function wantedColumns({ usecols }: TextOptions): readonly number[] | undefined {
  if (usecols === undefined) return undefined;
  const list = typeof usecols === 'number' ? [usecols] : usecols;
  if (!Array.isArray(list) || list.length === 0 || !list.every((column) => Number.isInteger(column))) {
    throw new FormatError('options', `set option 'usecols' to '${String(usecols)}': no list of integers`, {
      format: 'text',
    });
  }
  return list as readonly number[];
}
