import { FormatError } from '@formatlab/core';
import { isWellFormed } from './forms/mark.js';
import {
  ARRAY16,
  ARRAY32,
  BIN8,
  BIN16,
  BIN32,
  EXT8,
  EXT16,
  EXT32,
  FIXARRAY,
  FIXEXT1,
  FIXMAP,
  FIXSTR,
  FLOAT64,
  INT8,
  INT16,
  INT32,
  INT64,
  LARGEST_LENGTH,
  MAP16,
  MAP32,
  STR8,
  STR16,
  STR32,
  UINT8,
  UINT16,
  UINT32,
  UINT64,
} from './spec.js';

const FIRST_CHUNK = 1024;
const LARGEST_CHUNK = 2 ** 20;
/** Data from here on becomes a piece of its own instead of being copied. */
const OWN_PIECE = 16 * 1024;
/** Strings up to here are encoded by hand, which is faster than a call of TextEncoder; they fit a str 8. */
const SHORT_STRING = 48;
const LONGEST_HEADER = 5;
const FIXSTR_MOST = 31;

const encoder = new TextEncoder();

/**
 * Writes MessagePack into growing chunks. Large binary data is not copied: it becomes a piece between two
 * chunks. `start` is where the first byte will stand in the file.
 */
export class ByteWriter {
  readonly #start: number;
  readonly #pieces: Uint8Array[] = [];
  /** Bytes in `#pieces`. */
  #done = 0;
  #chunk: Uint8Array;
  #view: DataView;
  /** Where the part of the chunk begins that is not yet a piece. */
  #from = 0;
  #at = 0;

  constructor(start = 0, firstChunk = FIRST_CHUNK) {
    this.#start = start;
    this.#chunk = new Uint8Array(firstChunk);
    this.#view = new DataView(this.#chunk.buffer);
  }

  /** Where the next byte will stand in the file. */
  get position(): number {
    return this.#start + this.#done + (this.#at - this.#from);
  }

  /** Everything written, in order. */
  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  byte(value: number): void {
    if (this.#at === this.#chunk.length) this.#grow(1);
    this.#chunk[this.#at++] = value;
  }

  float64(value: number): void {
    const at = this.#reserve(9);
    this.#chunk[at] = FLOAT64;
    this.#view.setFloat64(at + 1, value);
  }

  /** A whole number between -2^53 and 2^53 in its shortest form. */
  integer(value: number): void {
    if (value >= 0) this.#unsigned(value);
    else this.#negative(value);
  }

  /** @param value between -2^63 and 2^64 - 1 */
  bigint(value: bigint): void {
    const at = this.#reserve(9);
    this.#chunk[at] = value < 0n ? INT64 : UINT64;
    this.#view.setBigUint64(at + 1, BigInt.asUintN(64, value));
  }

  /** False, and nothing is written, where half of a surrogate pair makes the text none in UTF-8. */
  string(text: string): boolean {
    if (text.length <= SHORT_STRING) return this.#short(text);
    if (!isWellFormed(text)) return false;
    // UTF-8 takes at most three bytes a UTF-16 unit.
    if (text.length >= 2 ** 16) {
      const bytes = encoder.encode(text);
      this.stringHeader(bytes.length);
      this.raw(bytes);
      return true;
    }
    const at = this.#reserve(LONGEST_HEADER + 3 * text.length);
    const from = at + LONGEST_HEADER;
    const { written } = encoder.encodeInto(text, this.#chunk.subarray(from));
    this.#at = at;
    this.stringHeader(written);
    this.#chunk.copyWithin(this.#at, from, from + written);
    this.#at += written;
    return true;
  }

  /** @param wide how many bytes more than the shortest header are wanted: 0, or what a wider form adds */
  stringHeader(length: number, wide: 0 | 1 | 2 | 4 = 0): void {
    this.#length(length, wide === 0 ? FIXSTR_MOST : -1, FIXSTR, STR8, STR16, STR32, wide);
  }

  /** @param wide as for {@link stringHeader}, above bin 8: 0, 1 or 3 */
  binaryHeader(length: number, wide: 0 | 1 | 3 = 0): void {
    const width = wide === 0 ? undefined : wide === 1 ? 2 : 4;
    this.#sized(length, width ?? (length < 2 ** 8 ? 1 : length < 2 ** 16 ? 2 : 4), BIN8, BIN16, BIN32);
  }

  arrayHeader(length: number): void {
    if (length < 16) this.byte(FIXARRAY | length);
    else this.#sized(length, length < 2 ** 16 ? 2 : 4, -1, ARRAY16, ARRAY32);
  }

  /** @param wide true writes a map 32 of any length, whose count can be changed in place */
  mapHeader(length: number, wide: false | 16 | 32 = false): void {
    if (wide === false && length < 16) this.byte(FIXMAP | length);
    else this.#sized(length, wide === 32 || length >= 2 ** 16 ? 4 : 2, -1, MAP16, MAP32);
  }

  extensionHeader(type: number, length: number): void {
    const fixed = [1, 2, 4, 8, 16].indexOf(length);
    if (fixed >= 0) this.byte(FIXEXT1 + fixed);
    else this.#sized(length, length < 2 ** 8 ? 1 : length < 2 ** 16 ? 2 : 4, EXT8, EXT16, EXT32);
    this.byte(type & 0xff);
  }

  /** A few bytes, copied. */
  copy(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    const chunk = this.#chunk;
    for (let i = 0; i < bytes.length; i++) chunk[at + i] = bytes[i]!;
  }

  /** Text of ASCII letters only, without a header. */
  ascii(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#chunk[at + i] = text.charCodeAt(i);
  }

  /** Bytes as they are; large ones are not copied and must not change until they are written. */
  raw(bytes: Uint8Array): void {
    if (bytes.length >= OWN_PIECE) {
      this.#flush();
      this.#pieces.push(bytes);
      this.#done += bytes.length;
      return;
    }
    const at = this.#reserve(bytes.length);
    this.#chunk.set(bytes, at);
  }

  #unsigned(value: number): void {
    if (value < 0x80) this.byte(value);
    else if (value < 2 ** 32)
      this.#sized(value, value < 2 ** 8 ? 1 : value < 2 ** 16 ? 2 : 4, UINT8, UINT16, UINT32);
    else this.#wide(UINT64, value);
  }

  #negative(value: number): void {
    if (value >= -32) this.byte(value & 0xff);
    else if (value >= -(2 ** 31)) {
      const width = value >= -(2 ** 7) ? 1 : value >= -(2 ** 15) ? 2 : 4;
      this.#sized(width === 4 ? value >>> 0 : value & (2 ** (8 * width) - 1), width, INT8, INT16, INT32);
    } else this.#wide(INT64, value);
  }

  #wide(first: number, value: number): void {
    const at = this.#reserve(9);
    this.#chunk[at] = first;
    const high = Math.floor(value / 2 ** 32);
    this.#view.setInt32(at + 1, high);
    this.#view.setUint32(at + 5, value - high * 2 ** 32);
  }

  #length(
    length: number,
    mostFixed: number,
    fixed: number,
    one: number,
    two: number,
    four: number,
    wide: number,
  ): void {
    if (length <= mostFixed) this.byte(fixed | length);
    else
      this.#sized(length, wide > 0 ? wide : length < 2 ** 8 ? 1 : length < 2 ** 16 ? 2 : 4, one, two, four);
  }

  /** A first byte and a big-endian number of `width` bytes. */
  #sized(value: number, width: number, one: number, two: number, four: number): void {
    const at = this.#reserve(1 + width);
    if (width === 1) {
      this.#chunk[at] = one;
      this.#chunk[at + 1] = value;
    } else if (width === 2) {
      this.#chunk[at] = two;
      this.#view.setUint16(at + 1, value);
    } else {
      if (value > LARGEST_LENGTH) {
        throw new FormatError(
          'unsupported',
          `write a value of ${value} bytes or elements: MessagePack lengths end at ${LARGEST_LENGTH}`,
          { format: 'msgpack' },
        );
      }
      this.#chunk[at] = four;
      this.#view.setUint32(at + 1, value);
    }
  }

  #short(text: string): boolean {
    const length = text.length;
    const start = this.#reserve(2 + 3 * length);
    const chunk = this.#chunk;
    let at = start + (length <= FIXSTR_MOST ? 1 : 2);
    const from = at;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) chunk[at++] = unit;
      else if (unit < 0x800) {
        chunk[at++] = 0xc0 | (unit >> 6);
        chunk[at++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        chunk[at++] = 0xe0 | (unit >> 12);
        chunk[at++] = 0x80 | ((unit >> 6) & 0x3f);
        chunk[at++] = 0x80 | (unit & 0x3f);
      } else {
        const low = text.charCodeAt(++i);
        if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) {
          this.#at = start;
          return false;
        }
        const point = 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff);
        chunk[at++] = 0xf0 | (point >> 18);
        chunk[at++] = 0x80 | ((point >> 12) & 0x3f);
        chunk[at++] = 0x80 | ((point >> 6) & 0x3f);
        chunk[at++] = 0x80 | (point & 0x3f);
      }
    }
    this.#shortHeader(start, from, at);
    return true;
  }

  /** The header of a text that stands at `from`, and the text moved where that header is of another size. */
  #shortHeader(start: number, from: number, end: number): void {
    const length = end - from;
    const body = start + (length <= FIXSTR_MOST ? 1 : 2);
    if (body !== from) this.#chunk.copyWithin(body, from, end);
    if (length <= FIXSTR_MOST) this.#chunk[start] = FIXSTR | length;
    else {
      this.#chunk[start] = STR8;
      this.#chunk[start + 1] = length;
    }
    this.#at = body + length;
  }

  /** Room for `count` bytes that are about to be written at the returned index. */
  #reserve(count: number): number {
    if (this.#at + count > this.#chunk.length) this.#grow(count);
    const at = this.#at;
    this.#at = at + count;
    return at;
  }

  #grow(count: number): void {
    const size = Math.max(count, Math.min(LARGEST_CHUNK, 2 * this.#chunk.length));
    this.#flush();
    this.#chunk = new Uint8Array(size);
    this.#view = new DataView(this.#chunk.buffer);
    this.#from = 0;
    this.#at = 0;
  }

  /** What stands in the chunk becomes a piece; the rest of the chunk is used further. */
  #flush(): void {
    if (this.#at === this.#from) return;
    this.#pieces.push(this.#chunk.subarray(this.#from, this.#at));
    this.#done += this.#at - this.#from;
    this.#from = this.#at;
  }
}
