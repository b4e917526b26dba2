import { corrupt } from './fault.js';

const SIMPLE: Readonly<Record<string, number>> = {
  '\n': -1,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  b: 8,
  f: 12,
  t: 9,
  n: 10,
  r: 13,
  v: 11,
  a: 7,
};
const LARGEST_CODE_POINT = 0x10ffff;
const MOST_DIGITS = 100_000;

/** An integer as `int(text, 0)` of Python reads it; hexadecimal digits give a bigint of any size. */
export function parseIntegerLine(text: string, offset: number): number | bigint {
  const match = /^\s*([+-]?)(0[xX][\da-fA-F]+|0[oO][0-7]+|0[bB][01]+|0+|[1-9]\d*)\s*$/.exec(text);
  if (match === null || text.length > MOST_DIGITS)
    throw corrupt(offset, `read integer '${text.slice(0, 40)}'`, 'not a whole number');
  const magnitude = BigInt(match[2]!);
  const value = match[1] === '-' ? -magnitude : magnitude;
  return /^0[xX]/.test(match[2]!) ? value : narrow(value);
}

/** A number where it is safe, else the bigint. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** A float as `float(text)` of Python reads it. */
export function parseFloatLine(text: string, offset: number): number {
  const trimmed = text.trim();
  const special = /^([+-]?)(inf(?:inity)?|nan)$/i.exec(trimmed);
  if (special !== null) {
    if (/^nan$/i.test(special[2]!)) return Number.NaN;
    return special[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(trimmed))
    throw corrupt(offset, `read float '${trimmed.slice(0, 40)}'`, 'not a number');
  return Number(trimmed);
}

/** The bytes of a quoted string with Python's escapes, one character a byte. */
export function unescapeString(line: string, offset: number): string {
  const quote = line[0];
  if (line.length < 2 || (quote !== "'" && quote !== '"') || line.at(-1) !== quote)
    throw corrupt(offset, 'read STRING', 'its argument is not quoted');
  const body = line.slice(1, -1);
  if (!body.includes('\\')) return body;
  let text = '';
  for (let i = 0; i < body.length; i++) {
    const letter = body[i]!;
    if (letter !== '\\') {
      text += letter;
      continue;
    }
    const next = body[++i];
    if (next === undefined) throw corrupt(offset, 'read STRING', 'it ends with a backslash');
    if (next === 'x') {
      const digits = body.slice(i + 1, i + 3);
      if (!/^[\da-fA-F]{2}$/.test(digits)) throw corrupt(offset, 'read STRING', 'a \\x without two digits');
      text += String.fromCharCode(Number.parseInt(digits, 16));
      i += 2;
    } else if (next >= '0' && next <= '7') {
      const digits = /^[0-7]{1,3}/.exec(body.slice(i, i + 3))![0];
      text += String.fromCharCode(Number.parseInt(digits, 8) & 0xff);
      i += digits.length - 1;
    } else {
      const code = Object.hasOwn(SIMPLE, next) ? SIMPLE[next] : undefined;
      text += code === undefined ? `\\${next}` : code < 0 ? '' : String.fromCharCode(code);
    }
  }
  return text;
}

/** Text in the codec raw-unicode-escape: Latin-1 with `\uXXXX` and `\UXXXXXXXX`. */
export function rawUnicodeText(line: string, offset: number): string {
  if (!line.includes('\\')) return line;
  return line.replace(/\\(u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S]|$)/g, (whole: string, rest: string) => {
    if (rest.length > 1) {
      const code = Number.parseInt(rest.slice(1), 16);
      if (code > LARGEST_CODE_POINT) throw corrupt(offset, 'read UNICODE', `no code point ${rest}`);
      return String.fromCodePoint(code);
    }
    if (rest === 'u' || rest === 'U') throw corrupt(offset, 'read UNICODE', `a \\${rest} without its digits`);
    return whole;
  });
}

/** The text as the codec raw-unicode-escape writes it on one line. */
export function toRawUnicode(text: string): string {
  let out = '';
  for (const letter of text) {
    const code = letter.codePointAt(0)!;
    if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, '0')}`;
    else if (code > 0xff || code === 0x5c || code === 0 || code === 10 || code === 13 || code === 0x1a)
      out += `\\u${code.toString(16).padStart(4, '0')}`;
    else out += letter;
  }
  return out;
}
