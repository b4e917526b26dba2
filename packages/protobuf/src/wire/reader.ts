import { FormatError } from '@formatlab/core';
import { EGROUP, I32, I64, LARGEST_FIELD, LEN, SGROUP, VARINT } from './spec.js';
import { TextReader } from './text-reader.js';

const LONGEST_VARINT = 10;

/**
 * Reads the wire format. `limit` is the end of the innermost message: nothing is read beyond it. 64-bit
 * values are left as two halves in `lo` and `hi`, so that no bigint is made where none is wanted.
 */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly text: TextReader;
  /** Where the bytes stand in the file, for messages. */
  readonly base: number;
  pos = 0;
  limit: number;
  lo = 0;
  hi = 0;

  constructor(bytes: Uint8Array, base = 0) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.text = new TextReader(bytes);
    this.base = base;
    this.limit = bytes.length;
  }

  /** A varint's low 32 bits, unsigned. */
  uint32(): number {
    const at = this.pos;
    const first = this.bytes[at]!;
    if (first < 0x80 && at < this.limit) {
      this.pos = at + 1;
      return first;
    }
    const second = this.bytes[at + 1]!;
    if (second < 0x80 && at + 1 < this.limit) {
      this.pos = at + 2;
      return (first & 0x7f) | (second << 7);
    }
    this.varint();
    return this.lo >>> 0;
  }

  /** A varint into `lo` and `hi`, both signed. Bits beyond 64 are dropped, as protoc's code does. */
  varint(): void {
    const { bytes, limit, pos } = this;
    let lo = 0;
    let hi = 0;
    for (let i = 0; i < LONGEST_VARINT; i++) {
      if (pos + i >= limit) throw this.truncated(pos);
      const byte = bytes[pos + i]!;
      const bits = byte & 0x7f;
      if (i < 4) lo |= bits << (7 * i);
      else if (i === 4) {
        lo |= bits << 28;
        hi = bits >> 4;
      } else hi |= bits << (7 * i - 32);
      if (byte < 0x80) {
        this.pos = pos + i + 1;
        this.lo = lo;
        this.hi = hi;
        return;
      }
    }
    throw this.corrupt('read varint: longer than 10 bytes', pos);
  }

  /** A zigzag varint into `lo` and `hi`. */
  zigzag(): void {
    this.varint();
    const sign = -(this.lo & 1);
    this.lo = ((this.lo >>> 1) | (this.hi << 31)) ^ sign;
    this.hi = (this.hi >>> 1) ^ sign;
  }

  fixed64(): void {
    const at = this.take(8);
    this.lo = this.view.getInt32(at, true);
    this.hi = this.view.getInt32(at + 4, true);
  }

  /** `lo` and `hi` as a signed bigint. */
  signed(): bigint {
    return bigintOf(this.lo, this.hi);
  }

  unsigned(): bigint {
    return bigintOf(this.lo, this.hi >>> 0);
  }

  /** A field's number and wire type, together. @throws FormatError `corrupt` for number 0 and wire types 6 and 7 */
  tag(): number {
    const at = this.pos;
    const tag = this.uint32();
    if (tag >= 0x80 && this.pos - at > 2) this.#checkTag(at);
    const type = tag & 7;
    if (tag < 8 || type > I32)
      throw this.corrupt(
        tag < 8 ? 'read field: number 0 is none' : `read field ${tag >>> 3}: wire type ${type} is none`,
        at,
      );
    return tag;
  }

  /** A length that is known to be there. */
  length(): number {
    const at = this.pos;
    const length = this.uint32();
    if (length > this.limit - this.pos || (this.pos - at > 4 && this.#high(at) !== 0)) {
      throw this.corrupt(`read ${length} bytes: the message has ${this.limit - this.pos} more`, at);
    }
    return length;
  }

  /** Where the next `count` bytes start. */
  take(count: number): number {
    const at = this.pos;
    if (at + count > this.limit) throw this.truncated(at);
    this.pos = at + count;
    return at;
  }

  /** Skips a field's content. Groups within it count as levels. */
  skip(tag: number, depth: number, check: (depth: number) => void): void {
    switch (tag & 7) {
      case VARINT:
        this.varint();
        return;
      case I64:
        this.take(8);
        return;
      case LEN: {
        const length = this.length();
        this.pos += length;
        return;
      }
      case SGROUP:
        check(depth + 1);
        while (true) {
          const at = this.pos;
          const inner = this.tag();
          if ((inner & 7) === EGROUP) {
            if (inner >>> 3 !== tag >>> 3)
              throw this.corrupt(`read group ${tag >>> 3}: ends as group ${inner >>> 3}`, at);
            return;
          }
          this.skip(inner, depth + 1, check);
        }
      case I32:
        this.take(4);
        return;
      default:
        throw this.corrupt(`read field ${tag >>> 3}: a group ends that did not start`, this.pos);
    }
  }

  truncated(at: number): FormatError {
    return this.corrupt(
      this.limit === this.bytes.length
        ? 'read field: the file ends in it'
        : 'read field: its message ends in it',
      at,
    );
  }

  corrupt(message: string, at: number): FormatError {
    return new FormatError('corrupt', message, { format: 'protobuf', offset: this.base + at });
  }

  #checkTag(at: number): void {
    const end = this.pos;
    this.pos = at;
    this.varint();
    if (this.hi !== 0 || this.lo >>> 3 > LARGEST_FIELD || end - at > 5)
      throw this.corrupt('read field: its number is larger than any', at);
  }

  #high(at: number): number {
    const { pos } = this;
    this.pos = at;
    this.varint();
    this.pos = pos;
    return this.hi;
  }
}

/** The bigint of a low half and a high half, which carries the sign. */
export function bigintOf(lo: number, hi: number): bigint {
  if (hi >= -(2 ** 20) && hi < 2 ** 20) return BigInt(hi * 2 ** 32 + (lo >>> 0));
  return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
}
