import { FormatError } from '@formatlab/core';
import type { Grid } from '../grid/grid.js';

/** Strings that a column repeats are found by the hash of their bytes in a table of this many places. */
const CACHE_SIZE = 1 << 12;
/** Longer cells are seldom repeated. */
const MOST_CACHED_BYTES = 24;
/** After so many cells a cache that seldom hits is given up. */
const CACHE_TRIAL = 4096;

/** Node's decoder of bytes as one character each: faster than TextDecoder, where it is there. */
interface NodeBuffer {
  latin1Slice(start: number, end: number): string;
  utf8Slice(start: number, end: number): string;
}

/** Turns cells of UTF-8 bytes into strings. */
export class CellText {
  readonly bytes: Uint8Array;
  readonly #quote: string;
  readonly #buffer: NodeBuffer | undefined;
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  readonly #locate: (at: number) => number;

  constructor(bytes: Uint8Array, quote: number, locate: (at: number) => number = (at) => at) {
    this.bytes = bytes;
    this.#quote = String.fromCharCode(Math.max(0, quote));
    this.#locate = locate;
    // Buffers have these two methods, their types do not.
    this.#buffer =
      typeof Buffer === 'undefined'
        ? undefined
        : (Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as unknown as NodeBuffer);
  }

  /** @throws FormatError `corrupt` when the cell is not UTF-8 */
  of(grid: Grid, cell: number): string {
    const start = grid.starts[cell]!;
    const end = grid.ends[cell]!;
    return this.between(grid, start < 0 ? ~start : start, end);
  }

  /** @param end its complement where quotes are doubled */
  between(grid: Grid, from: number, end: number): string {
    const to = end < 0 ? ~end : end;
    const text = isAscii(this.bytes, from, to) ? this.#ascii(grid, from, to) : this.#unicode(from, to);
    return end < 0 ? text.replaceAll(this.#quote + this.#quote, this.#quote) : text;
  }

  #ascii(grid: Grid, from: number, to: number): string {
    if (grid.text === undefined) {
      // A slice of one string costs a fraction of decoding a few bytes.
      const last = grid.rows * grid.columns - 1;
      const first = grid.starts[0]!;
      const end = grid.ends[last]!;
      grid.textFrom = first < 0 ? ~first : first;
      grid.text = this.#latin1(grid.textFrom, end < 0 ? ~end : end);
    }
    return grid.text.slice(from - grid.textFrom, to - grid.textFrom);
  }

  #latin1(from: number, to: number): string {
    if (this.#buffer !== undefined) return this.#buffer.latin1Slice(from, to);
    return new TextDecoder('latin1').decode(this.bytes.subarray(from, to));
  }

  #unicode(from: number, to: number): string {
    if (this.#buffer !== undefined) {
      const text = this.#buffer.utf8Slice(from, to);
      // Only what holds the replacement character can have been something else.
      if (!text.includes('\ufffd')) return text;
    }
    try {
      return this.#decoder.decode(this.bytes.subarray(from, to));
    } catch (cause) {
      throw new FormatError(
        'corrupt',
        `read the text at byte ${this.#locate(from)}: not UTF-8; set 'encoding' for another one`,
        {
          format: 'csv',
          offset: this.#locate(from),
          cause,
        },
      );
    }
  }
}

function isAscii(bytes: Uint8Array, from: number, to: number): boolean {
  let bits = 0;
  for (let i = from; i < to; i++) bits |= bytes[i]!;
  return bits < 0x80;
}

/** Gives equal short cells the same string, as long as they repeat: less memory, and less to decode. */
export class TextCache {
  readonly #texts = new Array<string | undefined>(CACHE_SIZE);
  readonly #froms = new Int32Array(CACHE_SIZE);
  readonly #lengths = new Uint8Array(CACHE_SIZE);
  #bytes: Uint8Array | undefined;
  #asked = 0;
  #found = 0;

  get useful(): boolean {
    return this.#asked < CACHE_TRIAL || this.#found * 2 > this.#asked;
  }

  /** The text of an unquoted cell. */
  of(text: CellText, grid: Grid, from: number, to: number): string {
    const length = to - from;
    if (length > MOST_CACHED_BYTES) return text.between(grid, from, to);
    const { bytes } = text;
    if (this.#bytes !== bytes) {
      this.#texts.fill(undefined);
      this.#bytes = bytes;
    }
    let hash = length;
    for (let i = from; i < to; i++) hash = Math.imul(hash, 31) + bytes[i]!;
    const place = (hash ^ (hash >>> 12)) & (CACHE_SIZE - 1);
    const held = this.#texts[place];
    this.#asked++;
    if (
      held !== undefined &&
      this.#lengths[place] === length &&
      sameBytes(bytes, this.#froms[place]!, from, to)
    ) {
      this.#found++;
      return held;
    }
    const made = text.between(grid, from, to);
    this.#texts[place] = made;
    this.#froms[place] = from;
    this.#lengths[place] = length;
    return made;
  }
}

function sameBytes(bytes: Uint8Array, held: number, from: number, to: number): boolean {
  for (let i = from, j = held; i < to; i++, j++) if (bytes[i] !== bytes[j]) return false;
  return true;
}
