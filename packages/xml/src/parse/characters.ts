/** Name characters of XML 1.0, fifth edition, productions 4 and 4a, as the inside of a regular expression's class. */
const START =
  ':A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}';
const INNER = `${START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}`;

/** Sources of expressions that need the flag `u`. */
export const NAME_PATTERN = `[${START}][${INNER}]*`;
export const NMTOKEN_PATTERN = `[${INNER}]+`;

const NAME = new RegExp(`^${NAME_PATTERN}$`, 'u');
/** What no XML text holds, not even as a reference (production 2): most control characters, lone surrogates. */
const FOREIGN = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

export function isName(text: string): boolean {
  return NAME.test(text);
}

/** A name without a colon (Namespaces in XML, production 4). */
export function isPlainName(text: string): boolean {
  return !text.includes(':') && NAME.test(text);
}

/**
 * Letters that are name characters in every edition of XML 1.0 (Appendix B of the fourth): Expat, and with it Python's
 * ElementTree, takes no others.
 */
const LETTERS =
  'A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u0131\\u0391-\\u03A1\\u03A3-\\u03CE\\u0410-\\u044F\\u3041-\\u3094\\u30A1-\\u30FA\\u4E00-\\u9FA5\\uAC00-\\uD7A3';
const COMMON_NAME = new RegExp(`^[${LETTERS}][${LETTERS}\\-.0-9]*$`, 'u');

/** A name without a colon that every reader takes. */
export function isCommonName(text: string): boolean {
  return COMMON_NAME.test(text);
}

/** Whether every character may stand in a document. */
export function isXmlText(text: string): boolean {
  return !FOREIGN.test(text);
}

export function isXmlCodePoint(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code >= 0x10000 && code <= 0x10ffff);
}

/** What a byte needs in text: nothing, or a look. */
export const PLAIN = 0;
export const SPECIAL = 1;

/** Of text: `<`, `&`, `]`, carriage return, control characters, and everything beyond ASCII are special. */
export const TEXT_CLASS = classes([0x3c, 0x26, 0x5d, 0x0d]);
/** Of attribute values: quotes, `<`, `&`, white space but blanks, the rest as above. */
export const VALUE_CLASS = classes([0x3c, 0x26, 0x0d, 0x09, 0x0a, 0x22, 0x27]);
/** Of comments, instructions and CDATA: what may end them. */
export const RAW_CLASS = classes([0x0d, 0x2d, 0x3f, 0x5d]);
/** Of names: 1 for what may stand in one; what is beyond ASCII is looked at later. */
export const NAME_CLASS = nameClasses();

function classes(special: readonly number[]): Uint8Array {
  const table = new Uint8Array(256).fill(SPECIAL, 0x80).fill(SPECIAL, 0, 0x20);
  table[0x09] = PLAIN;
  table[0x0a] = PLAIN;
  for (const byte of special) table[byte] = SPECIAL;
  return table;
}

function nameClasses(): Uint8Array {
  const table = new Uint8Array(256).fill(1, 0x80);
  for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_:-.')
    table[letter.charCodeAt(0)] = 1;
  return table;
}

/**
 * The length of the character beyond ASCII that stands at `at`; 0 where the bytes are not UTF-8, or not a
 * character of XML.
 */
export function utf8Width(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const second = at + 1 < end ? bytes[at + 1]! : 0;
  if ((second & 0xc0) !== 0x80) return 0;
  if (first >= 0xc2 && first < 0xe0) return 2;
  const third = at + 2 < end ? bytes[at + 2]! : 0;
  if ((third & 0xc0) !== 0x80) return 0;
  if (first >= 0xe0 && first < 0xf0) {
    if (first === 0xe0 && second < 0xa0) return 0;
    if (first === 0xed && second >= 0xa0) return 0;
    if (first === 0xef && second === 0xbf && third >= 0xbe) return 0;
    return 3;
  }
  const fourth = at + 3 < end ? bytes[at + 3]! : 0;
  if (first < 0xf0 || first > 0xf4 || (fourth & 0xc0) !== 0x80) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second >= 0x90 ? 0 : 4;
}

export function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** The position behind white space. */
export function behindSpace(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && isSpace(bytes[at]!)) at++;
  return at;
}
