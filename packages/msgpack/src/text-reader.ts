const KEY_SLOTS = 4096;
const LONGEST_CACHED_KEY = 32;
/** Text up to here is read letter by letter, which is faster than a call into the platform. */
const SHORT_TEXT = 16;
const REPLACEMENT = '\ufffd';

interface CachedKey {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** Reads UTF-8 runs of one buffer. Names of records are kept: the same name is decoded once. */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Node's decoder is several times faster, but replaces what is wrong instead of refusing it. */
  readonly #buffer: { toString(encoding: 'utf8', start: number, end: number): string } | undefined;
  readonly #keys: (CachedKey | undefined)[] = [];

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#buffer = typeof Buffer === 'undefined' ? undefined : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Undefined where the bytes are not UTF-8. */
  text(at: number, length: number): string | undefined {
    if (length <= SHORT_TEXT) {
      const short = this.#ascii(at, length);
      if (short !== undefined) return short;
    }
    if (this.#buffer !== undefined) {
      const text = this.#buffer.toString('utf8', at, at + length);
      // A replacement character may be what stands there: then the strict decoder gives it too.
      if (!text.includes(REPLACEMENT)) return text;
    }
    try {
      return this.#decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      return undefined;
    }
  }

  /** The same, for names that come again and again. */
  key(at: number, length: number): string | undefined {
    if (length === 0 || length > LONGEST_CACHED_KEY) return this.text(at, length);
    const bytes = this.#bytes;
    const slot = (bytes[at]! * 31 + bytes[at + length - 1]! * 7 + bytes[at + (length >> 1)]! * 131 + length * 17) & (KEY_SLOTS - 1);
    const known = this.#keys[slot];
    if (known !== undefined && this.#matches(known.bytes, at, length)) return known.text;
    const text = this.text(at, length);
    if (text !== undefined) this.#keys[slot] = { bytes: bytes.slice(at, at + length), text };
    return text;
  }

  #matches(key: Uint8Array, at: number, length: number): boolean {
    if (key.length !== length) return false;
    for (let i = 0; i < length; i++) if (key[i] !== this.#bytes[at + i]) return false;
    return true;
  }

  #ascii(at: number, length: number): string | undefined {
    let text = '';
    for (let i = at; i < at + length; i++) {
      const unit = this.#bytes[i]!;
      if (unit >= 0x80) return undefined;
      text += LETTERS[unit];
    }
    return text;
  }
}

const LETTERS: readonly string[] = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit));
