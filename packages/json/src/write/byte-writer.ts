const FIRST_CHUNK = 4096;
const MOST_CHUNK = 2 ** 20;
const SHORT_TEXT = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** What a character of a string needs: control characters, quotes, backslashes, lone surrogates. */
const SPECIAL = /["\\\p{Cc}\p{Cs}]/u;

/** Collects output in pieces of up to a megabyte: a large file is never copied into one buffer. */
export class ByteWriter {
  /** The piece under way. Room for what is written next must be reserved. */
  bytes: Uint8Array = new Uint8Array(FIRST_CHUNK);
  at = 0;
  readonly #pieces: Uint8Array[] = [];
  #before = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#before + this.at;
  }

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

  /** Writes characters below 0x80. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) this.bytes[this.at++] = text.charCodeAt(i);
  }

  raw(piece: Uint8Array): void {
    this.reserve(piece.length);
    this.bytes.set(piece, this.at);
    this.at += piece.length;
  }

  /** Writes a JSON string: UTF-8, lone surrogates escaped. */
  string(text: string): void {
    const { length } = text;
    if (length > SHORT_TEXT) {
      // JSON.stringify escapes lone surrogates since ES2019.
      const quoted = SPECIAL.test(text) ? JSON.stringify(text) : `"${text}"`;
      this.reserve(3 * quoted.length);
      this.at += encoder.encodeInto(quoted, this.bytes.subarray(this.at)).written;
      return;
    }
    this.reserve(6 * length + 2);
    const { bytes } = this;
    let at = this.at;
    bytes[at++] = QUOTE;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x20 && unit <= 0x7f && unit !== QUOTE && unit !== BACKSLASH) bytes[at++] = unit;
      else if (unit > 0x7f && unit < 0x800) {
        bytes[at++] = 0xc0 | (unit >> 6);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else {
        const quoted = JSON.stringify(text);
        this.at += encoder.encodeInto(quoted, bytes.subarray(this.at)).written;
        return;
      }
    }
    bytes[at++] = QUOTE;
    this.at = at;
  }

  /** All that was written, in order. The writer is done with. */
  pieces(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #flush(): void {
    if (this.at > 0) this.#pieces.push(this.bytes.subarray(0, this.at));
    this.#before += this.at;
    this.at = 0;
    this.bytes = NO_BYTES;
  }
}

const NO_BYTES: Uint8Array = new Uint8Array(0);
const encoder = new TextEncoder();
