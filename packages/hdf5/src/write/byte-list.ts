import { lookup3 } from '../layout/checksum.js';

/** Grows while small structures are written: little-endian, as all of HDF5. */
export class ByteList {
  #bytes = new Uint8Array(128);
  #view = new DataView(this.#bytes.buffer);
  length = 0;

  u8(...values: number[]): this {
    this.#reserve(values.length);
    for (const value of values) this.#bytes[this.length++] = value;
    return this;
  }

  u16(value: number): this {
    this.#reserve(2);
    this.#view.setUint16(this.length, value, true);
    this.length += 2;
    return this;
  }

  u32(value: number): this {
    this.#reserve(4);
    this.#view.setUint32(this.length, value, true);
    this.length += 4;
    return this;
  }

  /** A number in so many bytes. */
  uint(value: number, size: number): this {
    for (let i = 0; i < size; i++) this.u8(Math.floor(value / 256 ** i) & 255);
    return this;
  }

  /** Four bytes behind all others: their checksum. */
  sealed(): Uint8Array {
    return this.u32(lookup3(this.finish())).finish();
  }

  /** An address, length or dimension. Undefined: all bits set. */
  u64(value: number | undefined): this {
    this.#reserve(8);
    this.#view.setBigUint64(this.length, value === undefined ? 0xffffffffffffffffn : BigInt(value), true);
    this.length += 8;
    return this;
  }

  bytes(bytes: Uint8Array): this {
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.byteLength;
    return this;
  }

  text(text: string): this {
    return this.bytes(new TextEncoder().encode(text));
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.length);
  }

  #reserve(count: number): void {
    if (this.length + count <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(this.length + count, this.#bytes.byteLength * 2));
    grown.set(this.#bytes.subarray(0, this.length));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
