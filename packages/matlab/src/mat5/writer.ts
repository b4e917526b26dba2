import { unsupported } from '../fault.js';

const CHUNK = 64 * 1024;
/** Shorter data is copied: a piece of its own costs more. */
const LEAST_PIECE = 4096;

/** A place in a chunk to be filled in later. */
export interface Place {
  readonly view: DataView;
  readonly at: number;
  /** Bytes written before it. */
  readonly position: number;
}

/** Bytes in pieces: chunks that never move, so that a length can be filled in, and large data as it is. */
export class PieceWriter {
  readonly #pieces: Uint8Array[] = [];
  #chunk = new Uint8Array(CHUNK);
  #view = new DataView(this.#chunk.buffer);
  #start = 0;
  #at = 0;
  #before = 0;

  get position(): number {
    return this.#before + this.#at - this.#start;
  }

  u32(...values: readonly number[]): void {
    this.#room(4 * values.length);
    for (const value of values) {
      this.#view.setUint32(this.#at, value, true);
      this.#at += 4;
    }
  }

  /** Bytes and zeros up to a multiple of 8. */
  padded(bytes: Uint8Array): void {
    const { byteLength } = bytes;
    const padding = -byteLength & 7;
    if (byteLength < LEAST_PIECE) {
      this.#room(byteLength + padding);
      this.#chunk.set(bytes, this.#at);
      this.#at += byteLength + padding;
      return;
    }
    this.#flush();
    this.#pieces.push(bytes);
    this.#before += byteLength;
    this.#room(padding);
    this.#at += padding;
  }

  /** Text of one byte a unit, without making an array of it. */
  ascii(text: string): void {
    const padding = -text.length & 7;
    this.#room(text.length + padding);
    for (let i = 0; i < text.length; i++) this.#chunk[this.#at + i] = text.charCodeAt(i);
    this.#at += text.length + padding;
  }

  /** The length of an element, to be filled in by `close`. */
  open(type: number): Place {
    this.#room(8);
    this.u32(type, 0);
    return { view: this.#view, at: this.#at - 4, position: this.position };
  }

  /** @throws FormatError `unsupported` from 4 GiB */
  close(place: Place, path: string): void {
    const length = this.position - place.position;
    if (length > 0xffffffff)
      throw unsupported(
        `write '${path}' as matlab`,
        `${length} bytes, 4 GiB are the most in version 5 and 7`,
        path,
      );
    place.view.setUint32(place.at, length, true);
  }

  finish(): readonly Uint8Array[] {
    this.#flush();
    return this.#pieces;
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#chunk.byteLength) return;
    this.#flush();
    this.#chunk = new Uint8Array(Math.max(CHUNK, bytes));
    this.#view = new DataView(this.#chunk.buffer);
    this.#start = 0;
    this.#at = 0;
  }

  #flush(): void {
    if (this.#at === this.#start) return;
    this.#pieces.push(this.#chunk.subarray(this.#start, this.#at));
    this.#before += this.#at - this.#start;
    this.#start = this.#at;
  }
}
