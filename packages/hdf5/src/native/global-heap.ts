import { damaged } from './field-reader.js';
import type { Structures } from './structures.js';

const HEADER_BYTES = 16;
/** Bytes of collections that are kept: rows are read in turn, and what they refer to lies in turn. */
const MOST_HELD = 32 * 2 ** 20;

/** Objects of variable length by their place: collection and index (spec III.E). */
export class GlobalHeap {
  readonly #file: Structures;
  /** Those that were read last, the oldest first. */
  readonly #collections = new Map<
    number,
    { readonly objects: Map<number, Uint8Array>; readonly size: number }
  >();
  #held = 0;

  constructor(file: Structures) {
    this.#file = file;
  }

  /** @throws FormatError `corrupt` */
  object(address: number, index: number): Uint8Array {
    const { objects } = this.#collections.get(address) ?? this.#keep(address);
    const object = objects.get(index);
    if (object === undefined)
      throw damaged(`read object ${index} of a global heap: it is not there`, this.#file.base + address);
    return object;
  }

  #keep(address: number): { readonly objects: Map<number, Uint8Array>; readonly size: number } {
    const read = this.#read(address);
    this.#collections.set(address, read);
    this.#held += read.size;
    for (const [oldest, { size }] of this.#collections) {
      if (this.#held <= MOST_HELD || oldest === address) break;
      this.#collections.delete(oldest);
      this.#held -= size;
    }
    return read;
  }

  #read(address: number): { readonly objects: Map<number, Uint8Array>; readonly size: number } {
    const size = this.#file.fields(address, HEADER_BYTES).signature('GCOL').skip(4).length();
    const fields = this.#file.fields(address, size).skip(HEADER_BYTES);
    const objects = new Map<number, Uint8Array>();
    while (fields.left >= 16) {
      const index = fields.u16();
      fields.skip(6);
      const length = fields.length();
      // Index 0 is the free space, which ends the collection.
      if (index === 0) break;
      objects.set(index, fields.take(length));
      fields.skip(Math.min(fields.left, (8 - (length % 8)) % 8));
    }
    return { objects, size };
  }
}
