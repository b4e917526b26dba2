import { VLEN_BYTES } from './datatype.js';
import type { FileWriter } from './file-writer.js';

const HEADER_BYTES = 16;
const OBJECT_HEADER_BYTES = 16;
/** The library takes smaller collections for damaged ones. */
const LEAST_COLLECTION = 4096;
const FULL_COLLECTION = 256 * 1024;
const MOST_OBJECTS = 0xfffe;

/**
 * Puts values of variable length into collections of a global heap (spec III.E) and gives what stands for
 * them in a dataset: length, address and index, 16 bytes each, `stride` bytes apart.
 */
export function writeHeap(
  writer: FileWriter,
  values: readonly Uint8Array[],
  out: Uint8Array,
  at: number,
  stride: number,
): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  for (let first = 0; first < values.length; ) {
    const { last, size } = collectionFrom(values, first);
    const collection = new Uint8Array(Math.max(LEAST_COLLECTION, size));
    const inside = new DataView(collection.buffer);
    collection.set([0x47, 0x43, 0x4f, 0x4c, 1]);
    inside.setBigUint64(8, BigInt(collection.byteLength), true);
    // Nothing is written for the address until it is known: elements are filled in below.
    const address = writer.add(collection);
    let position = HEADER_BYTES;
    let index = 1;
    for (let i = first; i < last; i++) {
      const value = values[i]!;
      const element = at + i * stride;
      view.setUint32(element, value.byteLength, true);
      if (value.byteLength === 0) continue;
      inside.setUint16(position, index, true);
      inside.setUint16(position + 2, 1, true);
      inside.setBigUint64(position + 8, BigInt(value.byteLength), true);
      collection.set(value, position + OBJECT_HEADER_BYTES);
      position += OBJECT_HEADER_BYTES + padded(value.byteLength);
      view.setBigUint64(element + 4, BigInt(address), true);
      view.setUint32(element + 12, index++, true);
    }
    // What is left is object 0: free space, if there is room to say so.
    const free = collection.byteLength - position;
    if (free >= OBJECT_HEADER_BYTES) inside.setBigUint64(position + 8, BigInt(free), true);
    first = last;
  }
}

/** The elements of values of variable length as they stand side by side. */
export function heapElements(writer: FileWriter, values: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(values.length * VLEN_BYTES);
  writeHeap(writer, values, out, 0, VLEN_BYTES);
  return out;
}

function collectionFrom(values: readonly Uint8Array[], first: number): { last: number; size: number } {
  let size = HEADER_BYTES;
  let last = first;
  while (last < values.length && last - first < MOST_OBJECTS) {
    const length = values[last]!.byteLength;
    const needed = length === 0 ? 0 : OBJECT_HEADER_BYTES + padded(length);
    if (last > first && size + needed > FULL_COLLECTION) break;
    size += needed;
    last++;
  }
  return { last, size };
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}
