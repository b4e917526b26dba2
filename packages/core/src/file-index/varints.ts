import { FormatError } from '../errors.js';

const FIRST_CAPACITY = 256;
const LONGEST = 8;

/** Writes what an index is made of: unsigned integers, seven bits a byte and the lowest first, and texts. */
export class VarintWriter {
  #bytes = new Uint8Array(FIRST_CAPACITY);
  #length = 0;

  /** @param value integer in 0 … 2^53 − 1 */
  unsigned(value: number): void {
    this.#reserve(LONGEST);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest % 0x80) + 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.#length++] = rest;
  }

  bytes(bytes: Uint8Array): void {
    this.unsigned(bytes.byteLength);
    this.#reserve(bytes.byteLength);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.byteLength;
  }

  text(text: string): void {
    this.bytes(new TextEncoder().encode(text));
  }

  /** Integers that never fall, by their differences. */
  rising(values: readonly number[]): void {
    this.unsigned(values.length);
    let before = 0;
    for (const value of values) {
      this.unsigned(value - before);
      before = value;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#bytes.byteLength) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.byteLength, this.#length + count));
    grown.set(this.#bytes);
    this.#bytes = grown;
  }
}

/** Reads what {@link VarintWriter} wrote. Every method throws FormatError `corrupt` of feature `index` where it is not that. */
export class VarintReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < LONGEST; i++) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw damagedIndex('it is cut');
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
      scale *= 0x80;
    }
    throw damagedIndex('a number in it is too large');
  }

  /** A number of things, each of which takes a byte or more: no larger than what is left. */
  count(): number {
    const count = this.unsigned();
    if (count > this.#bytes.byteLength - this.#at) throw damagedIndex('it is cut');
    return count;
  }

  bytes(): Uint8Array {
    const length = this.count();
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  text(): string {
    return new TextDecoder().decode(this.bytes());
  }

  /** @param most that none of the numbers is above */
  rising(most: number): number[] {
    const values = new Array<number>(this.count());
    let before = 0;
    for (let i = 0; i < values.length; i++) {
      before += this.unsigned();
      if (before > most) throw damagedIndex('a position in it lies behind the end of the file');
      values[i] = before;
    }
    return values;
  }

  /** @throws FormatError where something is left */
  end(): void {
    if (this.#at !== this.#bytes.byteLength) throw damagedIndex('bytes stand behind its end');
  }
}

/** What reading an index ends with: `open` then works without it. */
export function damagedIndex(state: string): FormatError {
  return new FormatError('corrupt', `read the index: ${state}; make it anew with 'index'`, {
    feature: 'index',
  });
}
