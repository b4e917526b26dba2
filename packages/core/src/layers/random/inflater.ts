import { FormatError } from '../../errors.js';
import { Huffman } from './huffman.js';

/** Bytes that matches reach back over. */
export const WINDOW_BYTES = 32768;
/** Input that must lie ahead, unless it ends: more than the longest block header takes, and what one symbol may. */
export const AHEAD_BYTES = 512;
const LONGEST_MATCH = 258;
const END_OF_BLOCK = 256;

// RFC 1951, section 3.2.5.
const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131],
  ...[163, 195, 227, 258, 0, 0],
);
const LENGTH_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0, 0, 0],
);
const DISTANCE_BASE = Uint16Array.of(
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049],
  ...[3073, 4097, 6145, 8193, 12289, 16385, 24577, 0, 0],
);
const DISTANCE_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 0, 0],
);
/** Section 3.2.7: the order in which lengths of the code of lengths stand. */
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Why {@link Inflater.run} returned. */
export type Stop = 'input' | 'output' | 'block' | 'end';

/**
 * Inflates a raw deflate stream (RFC 1951) and knows at every block which bit it begins at, which Node's zlib does not
 * tell. The caller moves input and output on between calls of `run`.
 */
export class Inflater {
  input: Uint8Array = new Uint8Array(0);
  /** Bytes taken from the input; `bits` of them are not used yet. */
  at = 0;
  /** Whether nothing follows the input. Zeros are then made up behind its end, up to where a check finds that. */
  final = false;
  out: Uint8Array;
  /** Bytes of `out` that are content, with what matches reach back to. */
  length = 0;
  /** Where in `out` the content of this stream begins: matches reach back no further. */
  base = 0;
  #hold = 0;
  #bits = 0;
  #mode: 'header' | 'stored' | 'codes' | 'end' = 'header';
  #last = false;
  #stored = 0;
  readonly #literals = new Huffman(288);
  readonly #distances = new Huffman(32);
  readonly #lengths = new Uint8Array(288 + 32);
  readonly #lengthCode = new Huffman(19);

  constructor(out: Uint8Array) {
    this.out = out;
  }

  /** Begins a stream at a bit of the input. */
  start(input: Uint8Array, at: number, bit: number): void {
    this.input = input;
    this.at = at;
    this.#hold = 0;
    this.#bits = 0;
    this.#mode = 'header';
    this.#last = false;
    if (bit > 0) {
      this.#need(8);
      this.#drop(bit);
    }
  }

  /** The bit of the input that comes next, counted from its start. */
  get position(): number {
    return this.at * 8 - this.#bits;
  }

  /**
   * Goes on until a block ends, input or room for output is short, or the stream ends.
   *
   * @throws FormatError `corrupt`
   */
  run(): Stop {
    if (this.#mode === 'header') {
      if (this.#isShort()) return 'input';
      this.#header();
    }
    const stop = this.#mode === 'stored' ? this.#copyStored() : this.#codes();
    if (stop !== 'block') return stop;
    this.#checkEnd();
    this.#mode = this.#last ? 'end' : 'header';
    return this.#last ? 'end' : 'block';
  }

  #isShort(): boolean {
    return !this.final && this.at + AHEAD_BYTES > this.input.byteLength;
  }

  #checkEnd(): void {
    if (this.position > this.input.byteLength * 8)
      throw new FormatError('corrupt', 'decompress gzip: the stream is cut');
  }

  #need(count: number): void {
    while (this.#bits < count) {
      this.#hold |= (this.input[this.at++] ?? 0) << this.#bits;
      this.#bits += 8;
    }
  }

  #drop(count: number): void {
    this.#hold >>>= count;
    this.#bits -= count;
  }

  #take(count: number): number {
    this.#need(count);
    const value = this.#hold & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  #header(): void {
    this.#last = this.#take(1) === 1;
    const type = this.#take(2);
    if (type === 0) this.#beginStored();
    else if (type === 1) this.#fixed();
    else if (type === 2) this.#dynamic();
    else throw damaged('a block is of the reserved type');
    this.#mode = type === 0 ? 'stored' : 'codes';
  }

  #beginStored(): void {
    this.#drop(this.#bits & 7);
    const length = this.#take(16);
    if (this.#take(16) !== (~length & 0xffff)) throw damaged('the length of a stored block is wrong');
    // What is left of the hold are whole bytes: given back.
    this.at -= this.#bits >> 3;
    this.#hold = 0;
    this.#bits = 0;
    this.#stored = length;
  }

  #copyStored(): Stop {
    while (this.#stored > 0) {
      const count = Math.min(
        this.#stored,
        this.out.byteLength - this.length,
        this.input.byteLength - this.at,
      );
      this.out.set(this.input.subarray(this.at, this.at + count), this.length);
      this.length += count;
      this.at += count;
      this.#stored -= count;
      if (this.#stored === 0) break;
      if (this.length === this.out.byteLength) return 'output';
      if (!this.final) return 'input';
      throw new FormatError('corrupt', 'decompress gzip: the stream is cut');
    }
    return 'block';
  }

  #fixed(): void {
    const lengths = this.#lengths;
    lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288).fill(5, 288, 320);
    this.#literals.build(lengths, 0, 288);
    this.#distances.build(lengths, 288, 32);
  }

  #dynamic(): void {
    const literals = this.#take(5) + 257;
    const distances = this.#take(5) + 1;
    const codes = this.#take(4) + 4;
    const lengths = this.#lengths.fill(0);
    for (let i = 0; i < codes; i++) lengths[LENGTHS_ORDER[i]!] = this.#take(3);
    if (literals > 286 || distances > 30 || !this.#lengthCode.build(lengths, 0, 19))
      throw damaged('the code of a block is none');
    lengths.fill(0);
    for (let i = 0; i < literals + distances; ) {
      const symbol = this.#symbol(this.#lengthCode);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw damaged('the code of a block is none');
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times =
        symbol === 16 ? 3 + this.#take(2) : symbol === 17 ? 3 + this.#take(3) : 11 + this.#take(7);
      if (i + times > literals + distances) throw damaged('the code of a block is none');
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (
      lengths[END_OF_BLOCK] === 0 ||
      !this.#literals.build(lengths, 0, literals) ||
      !this.#distances.build(lengths, literals, distances)
    )
      throw damaged('the code of a block is none');
  }

  #symbol(code: Huffman): number {
    this.#need(15);
    const entry = code.fast[this.#hold & 0x3ff]! || code.slow(this.#hold);
    if (entry === 0) throw damaged('a code stands for nothing');
    this.#drop(entry & 15);
    return entry >> 4;
  }

  /** Symbols up to the end of the block. */
  #codes(): Stop {
    const { input, out } = this;
    const literals = this.#literals;
    const distances = this.#distances;
    const fastLiterals = literals.fast;
    const fastDistances = distances.fast;
    // Behind the end of the input reads give zeros, for no longer than a check takes.
    const inputEnd = this.final ? input.byteLength + AHEAD_BYTES : input.byteLength - 16;
    const outputEnd = out.byteLength - LONGEST_MATCH;
    let { at, length } = this;
    const { base } = this;
    let hold = this.#hold;
    let bits = this.#bits;
    let stop: Stop | undefined;
    for (;;) {
      if (length > outputEnd) {
        stop = 'output';
        break;
      }
      if (at > inputEnd) {
        stop = 'input';
        break;
      }
      if (bits < 16) {
        hold |= (input[at]! | (input[at + 1]! << 8)) << bits;
        at += 2;
        bits += 16;
      }
      let entry = fastLiterals[hold & 0x3ff]!;
      if (entry === 0) entry = literals.slow(hold);
      if (entry === 0) throw damaged('a code stands for nothing');
      hold >>>= entry & 15;
      bits -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < END_OF_BLOCK) {
        out[length++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) break;
      if (bits < 16) {
        hold |= (input[at]! | (input[at + 1]! << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
      let count = LENGTH_BASE[symbol - 257]! + (hold & ((1 << lengthExtra) - 1));
      hold >>>= lengthExtra;
      bits -= lengthExtra;
      if (bits < 16) {
        hold |= (input[at]! | (input[at + 1]! << 8)) << bits;
        at += 2;
        bits += 16;
      }
      entry = fastDistances[hold & 0x3ff]!;
      if (entry === 0) entry = distances.slow(hold);
      hold >>>= entry & 15;
      bits -= entry & 15;
      if (bits < 16) {
        hold |= (input[at]! | (input[at + 1]! << 8)) << bits;
        at += 2;
        bits += 16;
      }
      const distanceExtra = DISTANCE_EXTRA[entry >> 4]!;
      const distance = DISTANCE_BASE[entry >> 4]! + (hold & ((1 << distanceExtra) - 1));
      hold >>>= distanceExtra;
      bits -= distanceExtra;
      if (entry === 0 || distance > length - base || count < 3 || DISTANCE_BASE[entry >> 4] === 0)
        throw damaged('a match reaches back before the beginning');
      for (let from = length - distance; count > 0; count--) out[length++] = out[from++]!;
    }
    this.at = at;
    this.length = length;
    this.#hold = hold;
    this.#bits = bits;
    if (stop === 'input' && this.final)
      throw new FormatError('corrupt', 'decompress gzip: the stream is cut');
    return stop ?? 'block';
  }
}

function damaged(state: string): FormatError {
  return new FormatError('corrupt', `decompress gzip: ${state}`);
}
