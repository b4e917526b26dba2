import { FormatError } from '@formatlab/core';
import { placeOf } from './syntax-error.js';
import { decodeUtf8 } from './utf8.js';

const WINDOW_BYTES = 65536;
const SHORT_BYTES = 96;

/**
 * Makes strings from bytes. ASCII is cut out of a window of the file that was made a string as a whole: much
 * cheaper than one decoder call a string, and what a short string keeps alive is at most the window.
 */
export class TextWindow {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  // One character a byte, so that positions in the text are those in the bytes.
  readonly #latin1 = new TextDecoder('latin1');
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #text = '';
  #start = 0;
  #behind = 0;

  constructor(bytes: Uint8Array, end: number) {
    this.#bytes = bytes;
    this.#end = end;
  }

  /** The text of bytes below 0x80. */
  ascii(from: number, to: number): string {
    if (from < this.#start || to > this.#behind) {
      if (to - from > WINDOW_BYTES) return this.#latin1.decode(this.#bytes.subarray(from, to));
      this.#start = from;
      this.#behind = Math.min(this.#end, from + WINDOW_BYTES);
      this.#text = this.#latin1.decode(this.#bytes.subarray(from, this.#behind));
    }
    return this.#text.substring(from - this.#start, to - this.#start);
  }

  /** @throws FormatError `corrupt` with the offset of the first byte that is not UTF-8 */
  utf8(from: number, to: number): string {
    if (to - from > SHORT_BYTES) {
      try {
        return this.#utf8.decode(this.#bytes.subarray(from, to));
      } catch {
        // Decoded again below for the offset of the fault.
      }
    }
    const text = decodeUtf8(this.#bytes, from, to);
    if (typeof text === 'string') return text;
    const byte = this.#bytes[text]!;
    throw new FormatError(
      'corrupt',
      `read JSON ${placeOf(this.#bytes, text)}: byte 0x${byte.toString(16)} is not UTF-8`,
      { format: 'json', offset: text, found: `byte 0x${byte.toString(16)}`, supported: ['UTF-8'] },
    );
  }
}
