import { FormatError } from '@formatlab/core';
import type { CsvOptions } from '../options.js';

/** How cells and rows are told apart, as the bytes of UTF-8. */
export interface Dialect {
  readonly delimiter: number;
  /** -1 for files without quoting. */
  readonly quote: number;
  readonly comments: Uint8Array | undefined;
  /** Unquoted spellings of null besides the empty cell. */
  readonly nulls: readonly Uint8Array[];
  /** True where numbers have a comma for the decimal point. */
  readonly decimalComma: boolean;
  readonly fillRagged: boolean;
}

export const LF = 0x0a;
export const CR = 0x0d;
export const COMMA = 0x2c;
export const TAB = 0x09;
export const QUOTE = 0x22;

/** Delimiters that are looked for on reading, the likeliest first. */
const CANDIDATES = [COMMA, 0x3b, TAB, 0x7c];

/** The delimiters that reading may choose from. */
export function delimiterCandidates(options: CsvOptions): readonly number[] {
  if (options.delimiter !== undefined) return [asciiOf('delimiter', options.delimiter)];
  return options.decimal === ',' ? CANDIDATES.filter((candidate) => candidate !== COMMA) : CANDIDATES;
}

/** The delimiter that writing uses: a tab for a file named `.tsv`. */
export function delimiterToWrite(options: CsvOptions, name: string | undefined): number {
  if (options.delimiter !== undefined) return asciiOf('delimiter', options.delimiter);
  if (name?.toLowerCase().endsWith('.tsv') === true) return TAB;
  return options.decimal === ',' ? 0x3b : COMMA;
}

/**
 * The options as bytes, checked against each other.
 *
 * @throws FormatError `options`
 */
export function dialectOf(options: CsvOptions, delimiter: number): Dialect {
  const quote = options.quote === '' ? -1 : asciiOf('quote', options.quote ?? '"');
  const comments =
    options.comments === undefined || options.comments === '' ? undefined : utf8.encode(options.comments);
  if (delimiter === quote) throw wrong('quote', options.quote, 'is the delimiter too');
  if (options.decimal === ',' && delimiter === COMMA) throw wrong('decimal', ',', 'is the delimiter too');
  return {
    delimiter,
    quote,
    comments,
    nulls: nullsOf(options.nulls),
    decimalComma: options.decimal === ',',
    fillRagged: options.ragged === 'fill',
  };
}

const utf8 = new TextEncoder();

function nullsOf(nulls: unknown): readonly Uint8Array[] {
  if (nulls === undefined) return [];
  if (!Array.isArray(nulls) || !nulls.every((item) => typeof item === 'string'))
    throw wrong('nulls', nulls, 'must be a list of texts');
  return nulls.filter((item) => item !== '').map((item) => utf8.encode(item));
}

function asciiOf(option: string, text: string): number {
  const code = text.charCodeAt(0);
  // Signs, digits and letters are what numbers are made of.
  if (text.length !== 1 || code >= 0x80 || code === LF || code === CR || code === 0 || /[\w.+-]/.test(text)) {
    throw wrong(
      option,
      text,
      'must be one ASCII character, and neither letter, digit, sign, point nor line end',
    );
  }
  return code;
}

function wrong(option: string, value: unknown, state: string): FormatError {
  return new FormatError('options', `set option '${option}' of csv to '${String(value)}': ${state}`, {
    format: 'csv',
  });
}
