import { FormatError } from '@formatlab/core';
import { isSpace, NAME_CLASS, utf8Width } from './characters.js';
import { openInput, type XmlInput } from './input.js';
import { type Name, Names } from './names.js';
import { placeOf } from './place.js';
import { TextWindow } from './text-window.js';

const BLANK = 0x20;

/** Text that is read for an entity; what was read before goes on behind it. */
export interface Frame {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly end: number;
  readonly window: TextWindow;
  readonly entity: string;
  /** Elements that were open before. */
  readonly depth: number;
}

/** A position in a document: names, white space, and errors that say where they are. */
export class XmlCursor {
  readonly input: XmlInput;
  /** The document, or the replacement text of the entity under way. */
  bytes: Uint8Array;
  at: number;
  end: number;
  protected window: TextWindow;
  protected readonly frames: Frame[] = [];
  protected readonly names = new Names();

  constructor(bytes: Uint8Array) {
    this.input = openInput(bytes);
    this.bytes = this.input.bytes;
    this.at = this.input.start;
    this.end = this.bytes.length;
    this.window = new TextWindow(this.bytes);
  }

  /** A string of bytes that were checked. */
  slice(from: number, to: number, beyondAscii: boolean): string {
    return beyondAscii ? this.window.utf8(from, to) : this.window.ascii(from, to);
  }

  error(state: string, at: number = this.at): FormatError {
    const outer = this.frames[0];
    const place = outer === undefined ? at : outer.at;
    const { line, column } = placeOf(this.input.bytes, place);
    const within = outer === undefined ? '' : ` in entity '${this.frames.at(-1)!.entity}'`;
    return new FormatError('corrupt', `read XML at line ${line}, column ${column}${within}: ${state}`, {
      format: 'xml',
      offset: this.input.locate(Math.min(place, this.input.bytes.length)),
    });
  }

  protected scanName(what: string): Name {
    const { bytes, end } = this;
    const from = this.at;
    let at = from;
    let hash = 0;
    while (at < end) {
      const byte = bytes[at]!;
      if (NAME_CLASS[byte] === 0) break;
      hash = (Math.imul(hash, 31) + byte) | 0;
      at++;
    }
    const name = at === from ? undefined : this.names.of(bytes, from, at, hash);
    if (name === undefined) throw this.error(`the name of ${what} is missing or malformed`, from);
    this.at = at;
    return name;
  }

  protected skipSpace(): void {
    const { bytes, end } = this;
    let at = this.at;
    while (at < end && isSpace(bytes[at]!)) at++;
    this.at = at;
  }

  protected looksAt(text: string): boolean {
    const { bytes, at } = this;
    if (at + text.length > this.end) return false;
    for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
    return true;
  }

  protected width(at: number): number {
    const width = utf8Width(this.bytes, at, this.end);
    if (width === 0) throw this.foreign(at);
    return width;
  }

  protected foreign(at: number): FormatError {
    const byte = this.bytes[at]!;
    const shown = byte.toString(16).padStart(2, '0');
    return this.error(
      byte < BLANK
        ? `control character 0x${shown} is no character of XML`
        : `byte 0x${shown} is not UTF-8, or no character of XML`,
      at,
    );
  }
}
