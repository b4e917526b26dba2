/** Bits that one lookup decodes; longer codes are rare, and walked bit by bit. */
export const FAST_BITS = 10;
const LONGEST_CODE = 15;

/** A Huffman code of RFC 1951, section 3.2.2, made ready to decode. */
export class Huffman {
  /** By the next bits, the first of them lowest: symbol × 16 + length; 0 where the code is longer. */
  readonly fast = new Uint16Array(1 << FAST_BITS);
  readonly #counts = new Uint16Array(LONGEST_CODE + 1);
  readonly #symbols: Uint16Array;
  readonly #next = new Uint16Array(LONGEST_CODE + 1);
  readonly #places = new Uint16Array(LONGEST_CODE + 1);

  constructor(symbols: number) {
    this.#symbols = new Uint16Array(symbols);
  }

  /** Takes the lengths of all codes; false where no code has them. Only a code of one symbol may be incomplete. */
  build(lengths: Uint8Array, from: number, count: number): boolean {
    const counts = this.#counts.fill(0);
    for (let i = 0; i < count; i++) counts[lengths[from + i]!]!++;
    counts[0] = 0;
    let left = 1;
    let longest = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      left = 2 * left - counts[length]!;
      if (left < 0) return false;
      if (counts[length]! > 0) longest = length;
    }
    if (left > 0 && longest > 1) return false;
    let code = 0;
    let place = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      this.#next[length] = code;
      this.#places[length] = place;
      code = (code + counts[length]!) << 1;
      place += counts[length]!;
    }
    this.#fill(lengths, from, count);
    return true;
  }

  #fill(lengths: Uint8Array, from: number, count: number): void {
    const fast = this.fast.fill(0);
    for (let symbol = 0; symbol < count; symbol++) {
      const length = lengths[from + symbol]!;
      if (length === 0) continue;
      this.#symbols[this.#places[length]!++] = symbol;
      const code = this.#next[length]!++;
      if (length > FAST_BITS) continue;
      let reversed = 0;
      for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
      const entry = symbol * 16 + length;
      for (let at = reversed; at < fast.length; at += 1 << length) fast[at] = entry;
    }
  }

  /** The same for a code of any length: `hold` has at least 15 bits. 0 where no symbol has this code. */
  slow(hold: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_CODE; length++) {
      code |= (hold >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - count < first) return this.#symbols[index + code - first]! * 16 + length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return 0;
  }
}
