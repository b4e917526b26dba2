import { parseTimestamp, resolvePlain } from '../schema/resolve.js';

/** May stand without quotes, in brackets too; what other readers of YAML might take for more is left out. */
const PLAIN = /^[\p{L}\p{N}_/.+$(~](?:[\p{L}\p{N}\p{M}_\-./+()$%^;~<>=*&!?@'"\\| ]|:(?! |$))*(?<! )$/u;
/** Booleans of YAML 1.1 that PyYAML does not know and others do. */
const LETTERS: ReadonlySet<string> = new Set(['y', 'Y', 'n', 'N']);
/** Begin or end a document at the start of a line. */
const MARKER = /^\.\.\./;
/** What may stand in quotes as it is (YAML 1.2.2, section 5.1), line breaks and the byte order mark left out. */
const PRINTABLE = /^[\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
/** Lines of a literal text: those characters, tabs among them, no line of blanks alone, no blank at the start. */
const LITERAL =
  /^[^ \t\n][\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u;
const BLANK_LINE = /\n[ \t]+(?:\n|$)/;
const UNPRINTABLE = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

/** A float64 in digits that every reader of YAML takes for a float, the fewest that read back the same. */
export function floatText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf';
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const text = String(value);
  if (Number.isInteger(value)) {
    const e = text.indexOf('e');
    if (e < 0) return `${text}.0`;
    // PyYAML wants a point before the exponent.
    return text.includes('.') ? text : `${text.slice(0, e)}.0${text.slice(e)}`;
  }
  const e = text.indexOf('e');
  return e < 0 || text.includes('.') ? text : `${text.slice(0, e)}.0${text.slice(e)}`;
}

/** A string in one line: plain where every reader of YAML 1.1 and 1.2 takes it for the same string, else in quotes. */
export function stringText(text: string): string {
  if (isPlain(text)) return text;
  if (PRINTABLE.test(text)) return `'${text.replaceAll("'", "''")}'`;
  return JSON.stringify(text).replace(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function isPlain(text: string): boolean {
  return (
    PLAIN.test(text) &&
    !LETTERS.has(text) &&
    !MARKER.test(text) &&
    resolvePlain(text, '1.2') === undefined &&
    resolvePlain(text, '1.1') === undefined &&
    // Also one with more digits than a date has, which resolving leaves as text.
    parseTimestamp(text) === undefined
  );
}

/** Whether a text of several lines may stand as a literal block scalar. */
export function isLiteral(text: string): boolean {
  return text.includes('\n') && LITERAL.test(text) && !BLANK_LINE.test(text);
}

/** The indicator of a literal block scalar: how many line breaks at the end are the text's. */
export function literalIndicator(text: string): string {
  if (!text.endsWith('\n')) return '|-';
  return text.endsWith('\n\n') ? '|+' : '|';
}
