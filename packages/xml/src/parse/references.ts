import { isXmlCodePoint } from './characters.js';

export const PREDEFINED: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['apos', "'"],
  ['quot', '"'],
]);
const HASH = 0x23;
const SEMICOLON = 0x3b;
const LOWER_X = 0x78;
const BEYOND_UNICODE = 0x110000;

/** What {@link behindReference} gives for references that are malformed, and to no character of XML. */
export const MALFORMED = -1;
export const NO_CHARACTER = -2;

/** The byte behind a reference to a character or a predefined entity at `at`; 0 for another entity. */
export function behindReference(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at + 1] === HASH) return behindCharacter(bytes, at, end);
  for (const name of PREDEFINED_BYTES) {
    let i = 0;
    while (i < name.length && bytes[at + 1 + i] === name[i]) i++;
    if (i === name.length && at + 1 + i <= end) return at + 1 + i;
  }
  return 0;
}

/** Text whose references are to characters and predefined entities alone, with those put in. */
export function resolved(text: string): string {
  let out = '';
  let at = 0;
  for (let start = text.indexOf('&'); start >= 0; start = text.indexOf('&', at)) {
    const end = text.indexOf(';', start);
    const inner = text.slice(start + 1, end);
    out += text.slice(at, start) + (PREDEFINED.get(inner) ?? characterOf(inner) ?? '');
    at = end + 1;
  }
  return out + text.slice(at);
}

/** The character of what stands between `&` and `;`; undefined where that is no character reference. */
export function characterOf(inner: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(inner) ?? [];
  if (hexadecimal === undefined && decimal === undefined) return undefined;
  const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
  return isXmlCodePoint(code) ? String.fromCodePoint(code) : undefined;
}

function behindCharacter(bytes: Uint8Array, at: number, end: number): number {
  const hexadecimal = bytes[at + 2] === LOWER_X;
  const first = at + (hexadecimal ? 3 : 2);
  let to = first;
  let code = 0;
  for (; to < end; to++) {
    const digit = digitOf(bytes[to]!, hexadecimal);
    if (digit < 0) break;
    code = Math.min(BEYOND_UNICODE, code * (hexadecimal ? 16 : 10) + digit);
  }
  if (to === first || to >= end || bytes[to] !== SEMICOLON) return MALFORMED;
  return isXmlCodePoint(code) ? to + 1 : NO_CHARACTER;
}

function digitOf(byte: number, hexadecimal: boolean): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return hexadecimal && letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : -1;
}

const PREDEFINED_BYTES = [...PREDEFINED.keys()].map((name) => new TextEncoder().encode(`${name};`));
