import { FormatError } from '@formatlab/core';
import { LARGEST_LENGTH } from './spec.js';

const FIRST_CHUNK = 4096;
const LARGEST_CHUNK = 2 ** 20;
/** Data from here on becomes a piece of its own instead of being copied. */
const OWN_PIECE = 16 * 1024;
/** Texts up to here are encoded by hand, which is faster than a call of TextEncoder. */
const SHORT_TEXT = 64;

const encoder = new TextEncoder();

/**
 * Writes the wire format from its end to its start: then the length of a message is known when its turn
 * comes, and nothing is measured beforehand or moved afterwards. Callers write fields, list elements and
 * the parts of a field in reverse: content, length, tag.
 */
export class WireWriter {
  /** Last piece first. */
  readonly #pieces: Uint8Array[] = [];
  #done = 0;
  #chunk: Uint8Array;
  #view: DataView;
  /** Where what was written in the chunk, and is not yet a piece, starts and ends. */
  #pos: number;
  #top: number;

  constructor(firstChunk = FIRST_CHUNK) {
    this.#chunk = new Uint8Array(firstChunk);
    this.#view = new DataView(this.#chunk.buffer);
    this.#pos = firstChunk;
    this.#top = firstChunk;
  }

  /** Bytes written: what stands between here and the end of the output. */
  get length(): number {
    return this.#done + (this.#top - this.#pos);
  }

  /** Makes room for `count` bytes below `at`, for callers that write into the chunk themselves. */
  room(count: number): void {
    if (this.#pos < count) this.#grow(count);
  }

  get chunk(): Uint8Array {
    return this.#chunk;
  }

  get view(): DataView {
    return this.#view;
  }

  /** Where in the chunk what was written starts. */
  get at(): number {
    return this.#pos;
  }

  set at(position: number) {
    this.#pos = position;
  }

  /** Everything, first piece first. */
  finish(): Uint8Array[] {
    this.#flush();
    return this.#pieces.reverse();
  }

  byte(value: number): void {
    if (this.#pos === 0) this.#grow(1);
    this.#chunk[--this.#pos] = value;
  }

  /** A whole number from 0 to 2^32 - 1 as a varint. */
  uint32(value: number): void {
    if (value < 0x80) {
      if (this.#pos === 0) this.#grow(1);
      this.#chunk[--this.#pos] = value;
      return;
    }
    const size = value < 0x4000 ? 2 : value < 0x200000 ? 3 : value < 0x10000000 ? 4 : 5;
    const at = this.#reserve(size);
    const chunk = this.#chunk;
    let rest = value;
    for (let i = 0; i < size - 1; i++) {
      chunk[at + i] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    chunk[at + size - 1] = rest;
  }

  /** A signed 32-bit number as a varint: ten bytes where it is negative, as int64 would be. */
  int32(value: number): void {
    if (value >= 0) this.uint32(value);
    else this.varint(value, -1);
  }

  /** 64 bits as a varint, as two halves. */
  varint(lo: number, hi: number): void {
    if (hi === 0) {
      this.uint32(lo >>> 0);
      return;
    }
    let low = lo;
    let high = hi;
    let size = 0;
    SCRATCH[0] = 0;
    while (high !== 0 || low >>> 0 >= 0x80) {
      SCRATCH[size++] = (low & 0x7f) | 0x80;
      low = ((low >>> 7) | (high << 25)) >>> 0;
      high >>>= 7;
    }
    SCRATCH[size++] = low;
    const at = this.#reserve(size);
    for (let i = 0; i < size; i++) this.#chunk[at + i] = SCRATCH[i]!;
  }

  fixed32(value: number): void {
    // First: reserving may put another chunk in this one's place.
    const at = this.#reserve(4);
    this.#view.setInt32(at, value, true);
  }

  fixed64(lo: number, hi: number): void {
    const at = this.#reserve(8);
    this.#view.setInt32(at, lo, true);
    this.#view.setInt32(at + 4, hi, true);
  }

  float(value: number): void {
    // First: reserving may put another chunk in this one's place.
    const at = this.#reserve(4);
    this.#view.setFloat32(at, value, true);
  }

  double(value: number): void {
    // First: reserving may put another chunk in this one's place.
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Bytes as they are; large ones are not copied and must not change until they are written. */
  raw(bytes: Uint8Array): void {
    if (bytes.length >= OWN_PIECE) {
      this.#flush();
      this.#pieces.push(bytes);
      this.#done += bytes.length;
    } else {
      const at = this.#reserve(bytes.length);
      this.#chunk.set(bytes, at);
    }
  }

  /** Bytes behind their length. */
  bytes(bytes: Uint8Array): void {
    this.raw(bytes);
    this.size(bytes.length);
  }

  /** UTF-8 behind its length. False, and nothing is written, for text with half of a surrogate pair. */
  string(text: string): boolean {
    if (text.length > SHORT_TEXT) {
      if (!isWellFormed(text)) return false;
      this.bytes(encoder.encode(text));
      return true;
    }
    const length = text.length;
    const top = this.#reserve(3 * length) + 3 * length;
    const chunk = this.#chunk;
    let at = top;
    for (let i = length - 1; i >= 0; i--) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) chunk[--at] = unit;
      else if (unit < 0x800) {
        chunk[--at] = 0x80 | (unit & 0x3f);
        chunk[--at] = 0xc0 | (unit >> 6);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        chunk[--at] = 0x80 | (unit & 0x3f);
        chunk[--at] = 0x80 | ((unit >> 6) & 0x3f);
        chunk[--at] = 0xe0 | (unit >> 12);
      } else {
        const high = i > 0 ? text.charCodeAt(--i) : 0;
        if (unit < 0xdc00 || high < 0xd800 || high > 0xdbff) {
          this.#pos = top;
          return false;
        }
        const point = 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff);
        chunk[--at] = 0x80 | (point & 0x3f);
        chunk[--at] = 0x80 | ((point >> 6) & 0x3f);
        chunk[--at] = 0x80 | ((point >> 12) & 0x3f);
        chunk[--at] = 0xf0 | (point >> 18);
      }
    }
    this.#pos = at;
    this.size(top - at);
    return true;
  }

  /** The length of what was just written. @throws FormatError `unsupported` beyond 2 GiB */
  size(length: number): void {
    if (length > LARGEST_LENGTH) {
      throw new FormatError(
        'unsupported',
        `write a field of ${length} bytes: lengths in Protocol Buffers end at ${LARGEST_LENGTH}`,
        { format: 'protobuf', feature: 'size' },
      );
    }
    this.uint32(length);
  }

  /** Number and wire type of the field whose content was just written. */
  tag(number: number, type: number): void {
    this.uint32(((number << 3) | type) >>> 0);
  }

  /** Length and tag of a field whose content was written since `mark`, a former `length`. */
  close(mark: number, number: number): void {
    this.size(this.length - mark);
    this.tag(number, 2);
  }

  #reserve(count: number): number {
    if (this.#pos < count) this.#grow(count);
    this.#pos -= count;
    return this.#pos;
  }

  #grow(count: number): void {
    const size = Math.max(count, Math.min(LARGEST_CHUNK, 2 * this.#chunk.length));
    this.#flush();
    this.#chunk = new Uint8Array(size);
    this.#view = new DataView(this.#chunk.buffer);
    this.#pos = size;
    this.#top = size;
  }

  #flush(): void {
    if (this.#pos === this.#top) return;
    this.#pieces.push(this.#chunk.subarray(this.#pos, this.#top));
    this.#done += this.#top - this.#pos;
    this.#top = this.#pos;
  }
}

const SCRATCH = new Uint8Array(10);

/** Whether every surrogate has its other half. */
export function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}
