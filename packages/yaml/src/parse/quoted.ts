import { BACKSLASH, DOUBLE_QUOTE, END, LINE_FEED, SINGLE_QUOTE } from './chars.js';
import { type Cursor, isBlank, isMarker } from './cursor.js';

/** YAML 1.2.2, section 5.7. */
const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const HEX_DIGITS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
const LAST_CODE_POINT = 0x10ffff;

/** The text in quotes whose first stands at the cursor. Its lines are indented by `least` blanks. */
export function quotedText(cursor: Cursor, least: number): string {
  const { text } = cursor;
  const quote = text.charCodeAt(cursor.at);
  const start = cursor.at + 1;
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      if (quote === SINGLE_QUOTE && text.charCodeAt(at + 1) === quote) break;
      cursor.at = at + 1;
      return text.slice(start, at);
    }
    if (code === BACKSLASH && quote === DOUBLE_QUOTE) break;
    if (code === LINE_FEED || (code === END && at >= text.length - 1)) break;
    at++;
  }
  return foldedText(cursor, quote, least);
}

function foldedText(cursor: Cursor, quote: number, least: number): string {
  const { text } = cursor;
  const opened = cursor.at;
  let out = '';
  /** Blanks up to here were escaped, and stay at the end of a line. */
  let kept = 0;
  let at = opened + 1;
  let start = at;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      out += text.slice(start, at);
      if (quote === SINGLE_QUOTE && text.charCodeAt(at + 1) === quote) {
        out += "'";
        at += 2;
        start = at;
        continue;
      }
      cursor.at = at + 1;
      return out;
    }
    if (code === LINE_FEED) {
      out += text.slice(start, at);
      out = trimEnd(out, kept);
      const breaks = breakLines(cursor, at, least);
      out += breaks === 1 ? ' ' : '\n'.repeat(breaks - 1);
      kept = out.length;
      at = cursor.at;
      start = at;
    } else if (code === BACKSLASH && quote === DOUBLE_QUOTE) {
      out += text.slice(start, at);
      if (text.charCodeAt(at + 1) === LINE_FEED) {
        out += '\n'.repeat(breakLines(cursor, at + 1, least) - 1);
        at = cursor.at;
      } else {
        cursor.at = at;
        out += escaped(cursor);
        at = cursor.at;
      }
      kept = out.length;
      start = at;
    } else if (code === END && at >= text.length - 1) {
      cursor.at = at;
      throw cursor.error('the quotes are not closed', opened);
    } else at++;
  }
}

/** Goes to the text of the next line that has any, and returns how many breaks were passed. */
function breakLines(cursor: Cursor, from: number, least: number): number {
  const { text } = cursor;
  let at = from;
  let breaks = 0;
  let indent = 0;
  while (text.charCodeAt(at) === LINE_FEED) {
    breaks++;
    cursor.lineStart = ++at;
    while (text[at] === ' ') at++;
    indent = at - cursor.lineStart;
    while (isBlank(text.charCodeAt(at))) at++;
  }
  cursor.at = at;
  if (text.charCodeAt(at) === END) return breaks;
  if (isMarker(text, cursor.lineStart)) throw cursor.error('a document ends inside of quotes');
  if (indent < least) throw cursor.error(`a line in quotes has to be indented by ${least} blanks here`);
  return breaks;
}

function escaped(cursor: Cursor): string {
  const { text, at } = cursor;
  const letter = text[at + 1]!;
  const simple = Object.hasOwn(ESCAPES, letter) ? ESCAPES[letter]! : undefined;
  if (simple !== undefined) {
    cursor.at = at + 2;
    return simple;
  }
  const digits = Object.hasOwn(HEX_DIGITS, letter) ? HEX_DIGITS[letter]! : 0;
  if (digits === 0) throw cursor.error('no escape begins like this');
  const hex = text.slice(at + 2, at + 2 + digits);
  const code = Number.parseInt(hex, 16);
  if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits || code > LAST_CODE_POINT)
    throw cursor.error(`an escape needs ${digits} hexadecimal digits of a character`);
  cursor.at = at + 2 + digits;
  return digits === 8 ? String.fromCodePoint(code) : String.fromCharCode(code);
}

function trimEnd(out: string, kept: number): string {
  let end = out.length;
  while (end > kept && isBlank(out.charCodeAt(end - 1))) end--;
  return out.slice(0, end);
}
