import { damaged } from './field-reader.js';
import type { Structures } from './structures.js';

const HEADER_BYTES = 16;
/** Bytes of collections that are kept: rows are read in turn, and what they refer to lies in turn. */
const MOST_HELD = 8 * 2 ** 20;

/** Objects of one collection, by their index: places in its bytes, as a view for each would take several times more. */
interface Collection {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
  readonly ends: readonly number[];
}

/** Objects of variable length by their place: collection and index (spec III.E). */
export class GlobalHeap {
  readonly #file: Structures;
  /** Those that were read last, the oldest first. */
  readonly #collections = new Map<number, Collection>();
  #held = 0;

  constructor(file: Structures) {
    this.#file = file;
  }

  /** @throws FormatError `corrupt` */
  object(address: number, index: number): Uint8Array {
    const { bytes, starts, ends } = this.#collections.get(address) ?? this.#keep(address);
    const start = starts[index];
    if (start === undefined)
      throw damaged(`read object ${index} of a global heap: it is not there`, this.#file.base + address);
    return bytes.subarray(start, ends[index]);
  }

  #keep(address: number): Collection {
    const read = this.#read(address);
    this.#collections.set(address, read);
    this.#held += read.bytes.byteLength;
    for (const [oldest, { bytes }] of this.#collections) {
      if (this.#held <= MOST_HELD || oldest === address) break;
      this.#collections.delete(oldest);
      this.#held -= bytes.byteLength;
    }
    return read;
  }

  #read(address: number): Collection {
    const size = this.#file.fields(address, HEADER_BYTES).signature('GCOL').skip(4).length();
    const fields = this.#file.fields(address, size).skip(HEADER_BYTES);
    const starts: number[] = [];
    const ends: number[] = [];
    while (fields.left >= 16) {
      const index = fields.u16();
      fields.skip(6);
      const length = fields.length();
      // Index 0 is the free space, which ends the collection.
      if (index === 0) break;
      starts[index] = size - fields.left;
      fields.skip(length);
      ends[index] = size - fields.left;
      fields.skip(Math.min(fields.left, (8 - (length % 8)) % 8));
    }
    return { bytes: fields.bytes, starts, ends };
  }
}
