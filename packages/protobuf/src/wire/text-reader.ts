const SLOTS = 4096;
const LONGEST_CACHED = 16;
const REPLACEMENT = '\ufffd';

/** What Node's Buffer has, and no browser. */
interface NodeText {
  toString(encoding: 'utf8', start: number, end: number): string;
}

/**
 * Reads UTF-8 runs of one buffer. Short texts that come again, as words in a column of a table do, are taken
 * from a cache.
 */
export class TextReader {
  readonly #bytes: Uint8Array;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** Node's decoder is several times faster, but replaces what is wrong instead of refusing it. */
  readonly #node: NodeText | undefined;
  /** ASCII texts by a hash of their letters. */
  readonly #words: string[] = new Array(SLOTS).fill('');

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#node =
      typeof Buffer === 'undefined'
        ? undefined
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Undefined where the bytes are not UTF-8. */
  text(at: number, length: number): string | undefined {
    return length <= LONGEST_CACHED
      ? (this.#word(at, length) ?? this.#decode(at, length))
      : this.#decode(at, length);
  }

  /** Short ASCII, from the cache or into it; undefined where a byte is above 127. */
  #word(at: number, length: number): string | undefined {
    const bytes = this.#bytes;
    let code = length;
    for (let i = at; i < at + length; i++) {
      const unit = bytes[i]!;
      if (unit >= 0x80) return undefined;
      code = (code * 33 + unit) | 0;
    }
    const slot = (code ^ (code >>> 12)) & (SLOTS - 1);
    const known = this.#words[slot]!;
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === bytes[at + i]) i++;
      if (i === length) return known;
    }
    const text = letters(bytes, at, at + length);
    this.#words[slot] = text;
    return text;
  }

  #decode(at: number, length: number): string | undefined {
    if (this.#node !== undefined) {
      const text = this.#node.toString('utf8', at, at + length);
      // A replacement character may be what stands there: then the strict decoder gives it too.
      if (!text.includes(REPLACEMENT)) return text;
    }
    try {
      return this.#decoder.decode(this.#bytes.subarray(at, at + length));
    } catch {
      return undefined;
    }
  }
}

/** ASCII letters four at a time: fewer intermediate strings than one by one. */
function letters(bytes: Uint8Array, start: number, end: number): string {
  const make = String.fromCharCode;
  let text = '';
  let at = start;
  for (; at + 4 <= end; at += 4) text += make(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
  switch (end - at) {
    case 3:
      return text + make(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!);
    case 2:
      return text + make(bytes[at]!, bytes[at + 1]!);
    case 1:
      return text + make(bytes[at]!);
    default:
      return text;
  }
}
