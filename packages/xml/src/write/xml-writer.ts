import { FormatError } from '@formatlab/core';
import { isXmlText } from '../parse/characters.js';

const FIRST_CHUNK = 4096;
const MOST_CHUNK = 2 ** 20;
/** The longest stand-in of a UTF-16 unit: `&quot;`. */
const MOST_BYTES = 6;

/** ASCII characters that stand as they are. */
const TEXT_PLAIN = plainTable('<>&', '\n\t');
const VALUE_PLAIN = plainTable('<>&"', '');

const STAND_INS: Readonly<Record<string, string>> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** Collects a document as UTF-8 in pieces of up to a megabyte. */
export class XmlWriter {
  /** The piece under way. Room for what is written next must be reserved. */
  bytes: Uint8Array = new Uint8Array(FIRST_CHUNK);
  at = 0;
  readonly #pieces: Uint8Array[] = [];

  /** Makes room for `count` bytes in the piece under way. */
  reserve(count: number): void {
    if (this.at + count <= this.bytes.length) return;
    const next = Math.min(MOST_CHUNK, 4 * this.bytes.length);
    this.#flush();
    this.bytes = new Uint8Array(Math.max(next, count));
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.at++] = value;
  }

  /** Writes markup: characters below 0x80. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  raw(piece: Uint8Array): void {
    this.reserve(piece.length);
    this.bytes.set(piece, this.at);
    this.at += piece.length;
  }

  /** Writes characters as they are: a name, a comment. They have to be characters of XML. */
  literal(text: string): void {
    this.reserve(3 * text.length);
    this.at += encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
  }

  /** Writes text; false, with nothing written, where it has characters that XML does not have. */
  text(text: string): boolean {
    return this.#escaped(text, TEXT_PLAIN, /[<>&\r]/g);
  }

  /** Writes ` name="value"`. @throws FormatError `unsupported` for characters that XML does not have */
  attribute(name: string, value: string): void {
    this.ascii(' ');
    this.literal(name);
    this.ascii('="');
    if (!this.#escaped(value, VALUE_PLAIN, /[<>&"\r\n\t]/g)) {
      throw new FormatError(
        'unsupported',
        `write attribute '${name}' as XML: its value has characters that XML does not have`,
        { format: 'xml', feature: 'characters' },
      );
    }
    this.ascii('"');
  }

  /** All that was written, in order. The writer is done with. */
  pieces(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #escaped(text: string, plain: Uint8Array, special: RegExp): boolean {
    const { length } = text;
    this.reserve(MOST_BYTES * Math.min(length, MOST_CHUNK));
    const { bytes } = this;
    let at = this.at;
    if (length < MOST_CHUNK) {
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit < 0x80 ? plain[unit] === 1 : unit < 0x800) {
          if (unit < 0x80) bytes[at++] = unit;
          else {
            bytes[at++] = 0xc0 | (unit >> 6);
            bytes[at++] = 0x80 | (unit & 0x3f);
          }
        } else break;
      }
      if (i === length) {
        this.at = at;
        return true;
      }
    }
    if (!isXmlText(text)) return false;
    this.literal(text.replace(special, (character) => STAND_INS[character] ?? character));
    return true;
  }

  #flush(): void {
    if (this.at > 0) this.#pieces.push(this.bytes.subarray(0, this.at));
    this.at = 0;
    this.bytes = NO_BYTES;
  }
}

const NO_BYTES: Uint8Array = new Uint8Array(0);
const encoder = new TextEncoder();

function plainTable(special: string, blanks: string): Uint8Array {
  const table = new Uint8Array(128).fill(1, 0x20);
  for (const character of special) table[character.charCodeAt(0)] = 0;
  for (const character of blanks) table[character.charCodeAt(0)] = 1;
  return table;
}
