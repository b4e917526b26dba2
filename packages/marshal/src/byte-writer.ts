const FIRST_CHUNK = 1024;
const LARGEST_CHUNK = 2 ** 20;
/** Data from here on becomes a piece of its own instead of being copied. */
const OWN_PIECE = 16 * 1024;

/** Little-endian numbers and bytes in growing chunks; large data is not copied, it becomes a piece between two chunks. */
export class ByteWriter {
  readonly #pieces: Uint8Array[] = [];
  /** Bytes in `#pieces`. */
  #done = 0;
  #chunk = new Uint8Array(FIRST_CHUNK);
  #view = new DataView(this.#chunk.buffer);
  /** Where the part of the chunk begins that is not yet a piece. */
  #from = 0;
  #at = 0;

  /** Where the next byte will stand in the file. */
  get position(): number {
    return this.#done + (this.#at - this.#from);
  }

  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  byte(value: number): void {
    if (this.#at === this.#chunk.length) this.#grow(1);
    this.#chunk[this.#at++] = value;
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#view.setUint16(at, value, true);
  }

  /** A type code and a 32-bit number behind it. */
  coded(code: number, value: number): void {
    const at = this.#reserve(5);
    this.#chunk[at] = code;
    this.#view.setInt32(at + 1, value, true);
  }

  int32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setInt32(at, value, true);
  }

  float64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Text of ASCII letters only, without a header. */
  ascii(text: string): void {
    const at = this.#reserve(text.length);
    for (let i = 0; i < text.length; i++) this.#chunk[at + i] = text.charCodeAt(i);
  }

  /** A type code, a length of one byte and ASCII letters; false, and nothing is written, where there are others. */
  shortAscii(code: number, text: string): boolean {
    const start = this.#reserve(2 + text.length);
    const chunk = this.#chunk;
    chunk[start] = code;
    chunk[start + 1] = text.length;
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit > 0x7f) {
        this.#at = start;
        return false;
      }
      chunk[start + 2 + i] = unit;
    }
    return true;
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

  #flush(): void {
    if (this.#at === this.#from) return;
    this.#pieces.push(this.#chunk.subarray(this.#from, this.#at));
    this.#done += this.#at - this.#from;
    this.#from = this.#at;
  }
}
