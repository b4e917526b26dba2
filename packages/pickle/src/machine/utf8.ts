import { corrupt } from './fault.js';

const SHORT = 24;
const REPLACEMENT = '\ufffd';

/** What Node's Buffer has, and no browser. */
interface NodeText {
  toString(encoding: 'utf8' | 'latin1', start: number, end: number): string;
}

/** Reads texts of one buffer: UTF-8 in which halves of surrogate pairs may stand (`surrogatepass` of Python). */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #node: NodeText | undefined;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Where the bytes stand in the file, for messages. */
  readonly #base: number;

  constructor(bytes: Uint8Array, base = 0) {
    this.#bytes = bytes;
    this.#base = base;
    this.#node =
      typeof Buffer === 'undefined'
        ? undefined
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** @throws FormatError `corrupt` */
  utf8(start: number, end: number): string {
    if (end - start <= SHORT) {
      const ascii = this.#ascii(start, end);
      if (ascii !== undefined) return ascii;
    }
    if (this.#node !== undefined) {
      const text = this.#node.toString('utf8', start, end);
      // A replacement character may be what stands there: then the strict decoder gives it too.
      if (!text.includes(REPLACEMENT)) return text;
    }
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      return this.#withSurrogates(start, end);
    }
  }

  latin1(start: number, end: number): string {
    if (end - start > SHORT && this.#node !== undefined) return this.#node.toString('latin1', start, end);
    let text = '';
    for (let i = start; i < end; i++) text += String.fromCharCode(this.#bytes[i]!);
    return text;
  }

  #ascii(start: number, end: number): string | undefined {
    const bytes = this.#bytes;
    let text = '';
    for (let i = start; i < end; i++) {
      const unit = bytes[i]!;
      if (unit > 0x7f) return undefined;
      text += String.fromCharCode(unit);
    }
    return text;
  }

  #withSurrogates(start: number, end: number): string {
    const bytes = this.#bytes;
    let text = '';
    let from = start;
    for (let i = start; i + 2 < end; i++) {
      if (
        bytes[i] !== 0xed ||
        bytes[i + 1]! < 0xa0 ||
        bytes[i + 1]! > 0xbf ||
        (bytes[i + 2]! & 0xc0) !== 0x80
      )
        continue;
      text += this.#strict(from, i);
      text += String.fromCharCode(0xd000 | ((bytes[i + 1]! & 0x3f) << 6) | (bytes[i + 2]! & 0x3f));
      i += 2;
      from = i + 1;
    }
    return text + this.#strict(from, end);
  }

  #strict(start: number, end: number): string {
    try {
      return this.#decoder.decode(this.#bytes.subarray(start, end));
    } catch {
      const at = this.#base + start;
      throw corrupt(at, `read text at byte ${at}`, 'not UTF-8');
    }
  }
}

const encoder = new TextEncoder();
/** Half of a surrogate pair without the other. */
const LONE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** UTF-8 with lone surrogates as three bytes each, as Python's `surrogatepass` writes them. */
export function encodeText(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  if (!text.includes(REPLACEMENT) && !hasReplacement(bytes)) return bytes;
  const alone = [...text.matchAll(LONE)];
  if (alone.length === 0) return bytes;
  const parts: Uint8Array[] = [];
  let from = 0;
  for (const { index } of alone) {
    parts.push(encoder.encode(text.slice(from, index)));
    const unit = text.charCodeAt(index);
    parts.push(Uint8Array.of(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)));
    from = index + 1;
  }
  parts.push(encoder.encode(text.slice(from)));
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** `ef bf bd`: what TextEncoder puts in the place of a lone surrogate. */
function hasReplacement(bytes: Uint8Array): boolean {
  for (let i = bytes.indexOf(0xef); i >= 0; i = bytes.indexOf(0xef, i + 1))
    if (bytes[i + 1] === 0xbf && bytes[i + 2] === 0xbd) return true;
  return false;
}
