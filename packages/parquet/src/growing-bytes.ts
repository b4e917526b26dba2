/** A buffer that grows while it is written. */
export class GrowingBytes {
  buffer: Uint8Array;
  size = 0;

  constructor(room: number) {
    this.buffer = new Uint8Array(Math.max(16, room));
  }

  reserve(more: number): void {
    const wanted = this.size + more;
    if (wanted <= this.buffer.byteLength) return;
    const grown = new Uint8Array(Math.max(wanted, this.buffer.byteLength * 2));
    grown.set(this.buffer.subarray(0, this.size));
    this.buffer = grown;
  }

  byte(value: number): void {
    if (this.size === this.buffer.byteLength) this.reserve(1);
    this.buffer[this.size++] = value;
  }

  bytes(value: Uint8Array): void {
    this.reserve(value.byteLength);
    this.buffer.set(value, this.size);
    this.size += value.byteLength;
  }

  uint32(value: number): void {
    this.reserve(4);
    this.buffer[this.size++] = value & 0xff;
    this.buffer[this.size++] = (value >>> 8) & 0xff;
    this.buffer[this.size++] = (value >>> 16) & 0xff;
    this.buffer[this.size++] = value >>> 24;
  }

  /** Unsigned LEB128 of a safe integer. */
  varint(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.byte((rest % 128) | 0x80);
      rest = Math.floor(rest / 128);
    }
    this.byte(rest);
  }

  zigzag(value: number): void {
    this.varint(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** What was written, as a view. */
  taken(): Uint8Array {
    return this.buffer.subarray(0, this.size);
  }
}
