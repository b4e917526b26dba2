import { corrupt } from './corrupt.js';

/** A cursor over bytes that refuses to leave them. `base` is the offset of the first byte in the file. */
export class ByteReader {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly base: number;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, base = 0, at = 0, end = bytes.byteLength) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.base = base;
    this.at = at;
    this.end = end;
  }

  get left(): number {
    return this.end - this.at;
  }

  /** @throws FormatError `corrupt` when fewer than `count` bytes are left */
  need(count: number, what: string): void {
    if (!(count >= 0 && count <= this.end - this.at)) {
      throw corrupt(
        `read ${what}: needs ${count} bytes, ${this.end - this.at} are left`,
        this.base + this.at,
      );
    }
  }

  take(count: number, what: string): Uint8Array {
    this.need(count, what);
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  byte(what: string): number {
    if (this.at >= this.end) this.need(1, what);
    return this.bytes[this.at++]!;
  }

  uint32(what: string): number {
    this.need(4, what);
    this.at += 4;
    return this.view.getUint32(this.at - 4, true);
  }

  /** Unsigned LEB128 of up to 32 bits, as run headers and counts are. */
  varint(what: string): number {
    let value = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.byte(what);
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw corrupt(`read ${what}: a varint of more than 5 bytes`, this.base + this.at);
  }

  /**
   * Zigzag LEB128 of up to 64 bits, as low and high words. Not a bigint: V8 of Node 20 crashes when it optimises
   * loops that cut bigints to 64 bits.
   */
  zigzagWords(what: string): readonly [low: number, high: number] {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.byte(what);
      const part = byte & 0x7f;
      if (shift < 32) low |= part << shift;
      if (shift > 25) high |= shift < 32 ? part >>> (32 - shift) : part << (shift - 32);
      if (byte < 0x80) {
        const sign = -(low & 1);
        return [((low >>> 1) | (high << 31)) ^ sign, (high >>> 1) ^ sign];
      }
    }
    throw corrupt(`read ${what}: a varint of more than 10 bytes`, this.base + this.at);
  }
}
