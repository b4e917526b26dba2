import { allocateData, type Budget, type DType, itemSize, NDArray, viewData } from '@formatlab/core';
import type { FieldKind } from '../schema/model.js';
import type { WireReader } from '../wire/reader.js';
import { LITTLE_ENDIAN_HOST, swapped } from '../wire/spec.js';
import { DTYPE } from './kinds.js';

type Data =
  | Float64Array
  | Float32Array
  | Int32Array
  | Uint32Array
  | Uint8Array
  | BigInt64Array
  | BigUint64Array;

const FIRST = 8;

/** The numbers of a repeated field as they come: packed, one by one, or both in turn. */
export class NumberList {
  readonly #kind: FieldKind;
  readonly #dtype: DType;
  readonly #width: number;
  #data: Data;
  #length: number;
  /** The low and high halves of 64-bit data. */
  #halves: Int32Array;

  constructor(kind: FieldKind, from?: NDArray) {
    this.#kind = kind;
    this.#dtype = DTYPE[kind]!;
    this.#width = itemSize(this.#dtype);
    // The dtypes above are kept in these arrays.
    this.#data = (from?.data ?? allocateData(this.#dtype, 0)) as Data;
    this.#length = this.#data.length;
    this.#halves = halvesOf(this.#data);
  }

  array(): NDArray {
    const data = this.#length === this.#data.length ? this.#data : this.#data.slice(0, this.#length);
    // Of the dtype's class since the constructor.
    return new NDArray({ dtype: this.#dtype, shape: [this.#length], data: data as NDArray['data'] });
  }

  /** One number, unpacked. */
  readOne(r: WireReader, budget: Budget): void {
    this.#room(this.#length + 1, budget);
    this.#read(r, this.#length++);
  }

  /** A length and as many bytes of numbers. */
  readPacked(r: WireReader, budget: Budget): void {
    const length = r.length();
    const outer = r.limit;
    const end = r.pos + length;
    if (isFixed(this.#kind)) {
      if (length % this.#width !== 0)
        throw r.corrupt(
          `read ${length} bytes of packed ${this.#kind}: not whole numbers of ${this.#width}`,
          r.pos,
        );
      this.#readFixed(r, length, budget);
      r.pos = end;
      return;
    }
    const count = countVarints(r.bytes, r.pos, end);
    if (length > 0 && r.bytes[end - 1]! >= 0x80)
      throw r.corrupt('read packed numbers: the last one is cut', end - 1);
    this.#room(this.#length + count, budget, true);
    r.limit = end;
    for (let at = this.#length; r.pos < end; at++) this.#read(r, at);
    this.#length += count;
    r.limit = outer;
  }

  #readFixed(r: WireReader, length: number, budget: Budget): void {
    const raw = r.bytes.subarray(r.pos, r.pos + length);
    const bytes = LITTLE_ENDIAN_HOST ? raw : swapped(raw, this.#width);
    const count = length / this.#width;
    if (this.#length === 0) {
      if (bytes.byteOffset % this.#width !== 0) budget.takeBytes(length, `${count} packed ${this.#kind}`);
      // Of the dtype's class.
      this.#data = viewData(this.#dtype, bytes, count) as Data;
      this.#halves = halvesOf(this.#data);
    } else {
      this.#room(this.#length + count, budget, true);
      new Uint8Array(this.#data.buffer, this.#data.byteOffset + this.#length * this.#width, length).set(
        bytes,
      );
    }
    this.#length += count;
  }

  #read(r: WireReader, at: number): void {
    switch (this.#kind) {
      case 'double':
        this.#data[at] = r.view.getFloat64(r.take(8), true);
        return;
      case 'float':
        // By bits: a signalling NaN would become a quiet one on its way through a number.
        this.#bits32(at, r);
        return;
      case 'fixed32':
      case 'sfixed32':
        this.#data[at] = r.view.getInt32(r.take(4), true);
        return;
      case 'int32':
      case 'uint32':
        this.#data[at] = r.uint32();
        return;
      case 'sint32': {
        const raw = r.uint32();
        this.#data[at] = (raw >>> 1) ^ -(raw & 1);
        return;
      }
      case 'bool':
        r.varint();
        this.#data[at] = (r.lo | r.hi) === 0 ? 0 : 1;
        return;
      case 'int64':
      case 'uint64':
        r.varint();
        this.#set64(at, r);
        return;
      case 'sint64':
        r.zigzag();
        this.#set64(at, r);
        return;
      default:
        r.fixed64();
        this.#set64(at, r);
    }
  }

  #set64(at: number, r: WireReader): void {
    const first = LITTLE_ENDIAN_HOST ? 0 : 1;
    this.#halves[2 * at + first] = r.lo;
    this.#halves[2 * at + 1 - first] = r.hi;
  }

  #bits32(at: number, r: WireReader): void {
    new DataView(this.#data.buffer, this.#data.byteOffset).setUint32(
      4 * at,
      r.view.getUint32(r.take(4), true),
      LITTLE_ENDIAN_HOST,
    );
  }

  #room(count: number, budget: Budget, exactly = false): void {
    if (count <= this.#data.length) return;
    const size = exactly ? count : Math.max(FIRST, 2 * this.#data.length, count);
    budget.takeBytes((size - this.#data.length) * this.#width, `${count} numbers of ${this.#kind}`);
    const grown = allocateData(this.#dtype, size) as Data;
    (grown as Float64Array).set(this.#data.subarray(0, this.#length) as Float64Array);
    this.#data = grown;
    this.#halves = halvesOf(grown);
  }
}

function halvesOf(data: Data): Int32Array {
  return data instanceof BigInt64Array || data instanceof BigUint64Array
    ? new Int32Array(data.buffer, data.byteOffset, 2 * data.length)
    : new Int32Array(0);
}

function isFixed(kind: FieldKind): boolean {
  return kind === 'double' || kind === 'float' || kind.endsWith('fixed32') || kind.endsWith('fixed64');
}

/** Every varint has one byte below 128: its last. */
export function countVarints(bytes: Uint8Array, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) count += bytes[at]! < 0x80 ? 1 : 0;
  return count;
}
