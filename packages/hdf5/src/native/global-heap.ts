import { damaged } from './field-reader.js';
import type { Structures } from './structures.js';

const HEADER_BYTES = 16;

/** Objects of variable length by their place: collection and index (spec III.E). */
export class GlobalHeap {
  readonly #file: Structures;
  readonly #collections = new Map<number, Map<number, Uint8Array>>();

  constructor(file: Structures) {
    this.#file = file;
  }

  /** @throws FormatError `corrupt` */
  object(address: number, index: number): Uint8Array {
    let objects = this.#collections.get(address);
    if (objects === undefined) {
      objects = this.#read(address);
      this.#collections.set(address, objects);
    }
    const object = objects.get(index);
    if (object === undefined)
      throw damaged(`read object ${index} of a global heap: it is not there`, this.#file.base + address);
    return object;
  }

  #read(address: number): Map<number, Uint8Array> {
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
    return objects;
  }
}
