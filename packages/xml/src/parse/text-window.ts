const WINDOW_BYTES = 65536;
const SHORT_BYTES = 48;

/**
 * Makes strings from bytes that are known to be UTF-8. ASCII is cut out of a window that was made a string as a
 * whole: much cheaper than one decoder call a string, and what a short string keeps alive is at most the window.
 */
export class TextWindow {
  readonly #bytes: Uint8Array;
  // One character a byte, so that positions in the text are those in the bytes.
  readonly #latin1 = new TextDecoder('latin1');
  readonly #utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  #text = '';
  #start = 0;
  #behind = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The text of bytes below 0x80. */
  ascii(from: number, to: number): string {
    if (from < this.#start || to > this.#behind) {
      if (to - from > WINDOW_BYTES) return this.#latin1.decode(this.#bytes.subarray(from, to));
      this.#start = from;
      this.#behind = Math.min(this.#bytes.length, from + WINDOW_BYTES);
      this.#text = this.#latin1.decode(this.#bytes.subarray(from, this.#behind));
    }
    return this.#text.substring(from - this.#start, to - this.#start);
  }

  utf8(from: number, to: number): string {
    return to - from > SHORT_BYTES
      ? this.#utf8.decode(this.#bytes.subarray(from, to))
      : shortText(this.#bytes, from, to);
  }
}

function shortText(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; ) {
    const first = bytes[at++]!;
    if (first < 0x80) text += String.fromCharCode(first);
    else if (first < 0xe0) text += String.fromCharCode(((first & 0x1f) << 6) | (bytes[at++]! & 0x3f));
    else if (first < 0xf0)
      text += String.fromCharCode(
        ((first & 0x0f) << 12) | ((bytes[at++]! & 0x3f) << 6) | (bytes[at++]! & 0x3f),
      );
    else
      text += String.fromCodePoint(
        ((first & 0x07) << 18) |
          ((bytes[at++]! & 0x3f) << 12) |
          ((bytes[at++]! & 0x3f) << 6) |
          (bytes[at++]! & 0x3f),
      );
  }
  return text;
}
