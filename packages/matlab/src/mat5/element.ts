import { corrupt } from '../fault.js';
import { MI, TAG_BYTES } from './constants.js';

/** Bytes of elements, and how to read them. */
export interface Input {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly little: boolean;
  /** Offset in the file, for messages. Of inflated bytes: that of the compressed element. */
  readonly base: number;
}

export interface Element {
  readonly type: number;
  /** Of the data. */
  readonly at: number;
  readonly length: number;
  /** Where the next element begins. */
  readonly next: number;
}

export function inputOf(bytes: Uint8Array, little: boolean, base: number): Input {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), little, base };
}

/**
 * The element whose tag stands at `at`: eight bytes, or four of a small data element, whose upper half is not 0.
 *
 * @throws FormatError `corrupt` when it does not end before `end`
 */
export function readElement(input: Input, at: number, end: number): Element {
  if (at + TAG_BYTES > end) throw cut(input, at, `a tag of ${TAG_BYTES} bytes does not fit in ${end - at}`);
  const first = input.view.getUint32(at, input.little);
  const small = first >>> 16;
  if (small !== 0) {
    if (small > 4) throw cut(input, at, `a small element of ${small} bytes, 4 are the most`);
    return { type: first & 0xffff, at: at + 4, length: small, next: at + TAG_BYTES };
  }
  const length = input.view.getUint32(at + 4, input.little);
  const start = at + TAG_BYTES;
  if (length > end - start) throw cut(input, at, `its ${length} bytes do not fit in the ${end - start} left`);
  // Compressed elements are not padded; the padding of a last one is sometimes left out.
  const padded = first === MI.compressed ? length : Math.ceil(length / 8) * 8;
  return { type: first, at: start, length, next: Math.min(end, start + padded) };
}

export function bytesOf(input: Input, element: Element): Uint8Array {
  return input.bytes.subarray(element.at, element.at + element.length);
}

export function cut(input: Input, at: number, state: string): Error {
  const offset = input.base + at;
  return corrupt(`MAT element at byte ${offset}`, state, offset);
}
