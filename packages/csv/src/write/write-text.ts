import { FormatError } from '@formatlab/core';
import { CR, type Dialect, LF, TAB } from '../dialect/dialect.js';
import type { Chunks } from './chunks.js';

const NUMBER_LIKE = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:[eE][+-]?\d+)?$/;
const TIME_LIKE = /^[+-]?\d{4,6}-\d\d-\d\d(?:[T ]|$)/;
const WORDS = new Set([
  'nan',
  'NaN',
  'inf',
  '-inf',
  'Infinity',
  '-Infinity',
  'NaT',
  'true',
  'false',
  'True',
  'False',
]);
/** First characters of everything above. */
const SUSPICIOUS = new Set([...'0123456789+-.,nNiItTfF'].map((character) => character.charCodeAt(0)));

/**
 * Writes text cells. What would be read as something else stands in quotes: numbers, times, `true`, the empty
 * text, blanks at an end, line ends, delimiters (also the ones that this file does not use, so that the right
 * one is detected).
 */
export class TextWriter {
  readonly #chunks: Chunks;
  readonly #quote: number;
  readonly #comments: string | undefined;
  readonly #nulls: ReadonlySet<string>;
  /** 1 for ASCII characters that need quotes wherever they stand. */
  readonly #special = new Uint8Array(128);
  readonly #suspicious = new Uint8Array(128);

  constructor(chunks: Chunks, dialect: Dialect) {
    this.#chunks = chunks;
    this.#quote = dialect.quote;
    const utf8 = new TextDecoder();
    this.#comments = dialect.comments === undefined ? undefined : utf8.decode(dialect.comments);
    this.#nulls = new Set(dialect.nulls.map((text) => utf8.decode(text)));
    const delimiters =
      dialect.quote < 0 ? [dialect.delimiter] : [dialect.delimiter, 0x2c, 0x3b, TAB, 0x7c, dialect.quote];
    for (const byte of [...delimiters, LF, CR]) this.#special[byte] = 1;
    for (const byte of SUSPICIOUS) this.#suspicious[byte] = 1;
  }

  /** @throws FormatError `unsupported` for lone surrogates, and for what needs quotes where there are none */
  write(text: string): void {
    const { length } = text;
    const chunks = this.#chunks;
    chunks.ensure(length * 6 + 2);
    const { out } = chunks;
    const special = this.#special;
    const first = text.charCodeAt(0);
    if (
      length > 0 &&
      first > 0x20 &&
      (first < 0x80 ? this.#suspicious[first] === 0 : first < 0xd800) &&
      this.#nulls.size === 0 &&
      this.#comments === undefined
    ) {
      let at = chunks.at;
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80 || special[unit] === 1) break;
        out[at++] = unit;
      }
      if (i === length && out[at - 1]! > 0x20) {
        chunks.at = at;
        return;
      }
    }
    this.#writeCarefully(text);
  }

  #writeCarefully(text: string): void {
    const chunks = this.#chunks;
    if (this.#needsQuotes(text)) {
      if (this.#quote < 0) this.#refuse(text);
      const quote = this.#quote;
      chunks.out[chunks.at++] = quote;
      this.#copy(text, quote);
      chunks.out[chunks.at++] = quote;
    } else this.#copy(text, -1);
  }

  #needsQuotes(text: string): boolean {
    if (text === '' || this.#nulls.has(text) || text.startsWith('\ufeff')) return true;
    if (this.#comments !== undefined && text.startsWith(this.#comments)) return true;
    if (text.charCodeAt(0) <= 0x20 || text.charCodeAt(text.length - 1) <= 0x20) return true;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80 && this.#special[unit] === 1) return true;
    }
    return WORDS.has(text) || NUMBER_LIKE.test(text) || TIME_LIKE.test(text);
  }

  #refuse(text: string): never {
    const shown = text.length > 40 ? `${text.slice(0, 37)}…` : text;
    throw new FormatError('unsupported', `write text '${shown}': needs quotes, and there are none`, {
      format: 'csv',
      feature: 'quoting',
      found: shown,
    });
  }

  /** UTF-8, with `double` written twice. */
  #copy(text: string, double: number): void {
    const { out } = this.#chunks;
    let { at } = this.#chunks;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        out[at++] = unit;
        if (unit === double) out[at++] = unit;
      } else if (unit < 0x800) {
        out[at++] = 0xc0 | (unit >>> 6);
        out[at++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        out[at++] = 0xe0 | (unit >>> 12);
        out[at++] = 0x80 | ((unit >>> 6) & 0x3f);
        out[at++] = 0x80 | (unit & 0x3f);
      } else {
        const point = text.codePointAt(i)!;
        if (point < 0x10000) throw loneSurrogate(text, i);
        i++;
        out[at++] = 0xf0 | (point >>> 18);
        out[at++] = 0x80 | ((point >>> 12) & 0x3f);
        out[at++] = 0x80 | ((point >>> 6) & 0x3f);
        out[at++] = 0x80 | (point & 0x3f);
      }
    }
    this.#chunks.at = at;
  }
}

function loneSurrogate(text: string, at: number): FormatError {
  const code = text.charCodeAt(at).toString(16);
  return new FormatError(
    'unsupported',
    `write text with U+${code.toUpperCase()}: half a surrogate pair is no character of UTF-8`,
    {
      format: 'csv',
      feature: 'lone surrogates',
    },
  );
}
