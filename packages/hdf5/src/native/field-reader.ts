import { FormatError } from '@formatlab/core';
import { UNDEFINED_ADDRESS } from '../layout/file-view.js';

/** Reads the fields of a structure one behind the other; what ends too early is corrupt. */
export class FieldReader {
  readonly bytes: Uint8Array;
  /** Offset of the bytes in the file, for messages. */
  readonly offset: number;
  at = 0;
  readonly #view: DataView;

  constructor(bytes: Uint8Array, offset: number) {
    this.bytes = bytes;
    this.offset = offset;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.bytes.byteLength - this.at;
  }

  u8(): number {
    return this.bytes[this.#take(1)]!;
  }

  u16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  /** An unsigned integer of `size` bytes. @throws FormatError `corrupt` beyond 2^53 */
  uint(size: number): number {
    const at = this.#take(size);
    let value = 0;
    for (let i = size - 1; i >= 0; i--) value = value * 256 + this.bytes[at + i]!;
    if (!Number.isSafeInteger(value)) throw damaged('read HDF5 file: a length beyond 2^53', this.offset + at);
    return value;
  }

  length(): number {
    return this.uint(8);
  }

  /** An address; undefined where all bits are set. */
  address(): number | undefined {
    const at = this.#take(8);
    const low = this.#view.getUint32(at, true);
    const high = this.#view.getUint32(at + 4, true);
    if (high > 0x1fffff) {
      if (this.#view.getBigUint64(at, true) === UNDEFINED_ADDRESS) return undefined;
      throw damaged('read HDF5 file: an address beyond 2^53', this.offset + at);
    }
    return high * 2 ** 32 + low;
  }

  take(length: number): Uint8Array {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  skip(length: number): this {
    this.#take(length);
    return this;
  }

  /** Four letters that a structure begins with. */
  signature(letters: string): this {
    for (let i = 0; i < 4; i++) {
      if (this.u8() !== letters.charCodeAt(i))
        throw damaged(`read HDF5 file: no '${letters}' where one has to be`, this.offset);
    }
    return this;
  }

  #take(length: number): number {
    const { at } = this;
    if (!(length >= 0 && at + length <= this.bytes.byteLength))
      throw damaged('read HDF5 file: a structure is cut', this.offset + at);
    this.at = at + length;
    return at;
  }
}

/** A fault in the file's own structures. */
export function damaged(message: string, offset?: number): FormatError {
  return new FormatError('corrupt', message, { format: 'hdf5', offset });
}

/** Valid, and left to the HDF5 library: the caller loads it and begins anew. Never leaves this package. */
export class LeaveToLibrary extends Error {
  override readonly name = 'LeaveToLibrary';
}

export function isLeftToLibrary(error: unknown): error is LeaveToLibrary {
  return error instanceof LeaveToLibrary;
}
