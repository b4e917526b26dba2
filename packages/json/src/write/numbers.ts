import {
  type Context,
  elementAt,
  FormatError,
  formatFloat64,
  formatInteger,
  MAX_FLOAT_LENGTH,
  type NDArray,
  type Value,
} from '@formatlab/core';
import type { ByteWriter } from './byte-writer.js';

const PLUS = 0x2b;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
/** Room for any float or int64 and a comma. */
const ITEM_BYTES = MAX_FLOAT_LENGTH + 1;
const BATCH = 1024;
/** From here on core writes numbers with an exponent and a plus sign. */
export const LEAST_PLUS = 1e16;
const SAFE_DIGITS = 1e15;
const HALF = 2 ** 32;
const LOW = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 0 : 1;
/** The NaN that reading gives; others lose their payload. */
const PLAIN_NAN = Float64Array.of(Number.NaN);
const PLAIN_NAN_BITS = new BigUint64Array(PLAIN_NAN.buffer)[0]!;

/** How NaN and infinities are written, and what of them was lost. */
export class NonFinite {
  readonly #mode: 'python' | 'null' | 'refuse';
  /** Values that became null. */
  nulls = 0;
  /** NaNs that lost their payload or sign. */
  payloads = 0;

  constructor(mode: 'python' | 'null' | 'refuse') {
    this.#mode = mode;
  }

  text(value: number, path: string): string {
    const word = Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
    if (this.#mode === 'python') return word;
    if (this.#mode === 'refuse') {
      throw new FormatError(
        'unsupported',
        `write ${word} at '${path}' as json: JSON has no such number; set 'nan' to 'python' or 'null'`,
        {
          format: 'json',
          path,
          feature: 'non-finite numbers',
          found: word,
        },
      );
    }
    this.nulls++;
    return 'null';
  }

  report(path: string, context: Pick<Context<object>, 'loss'>): void {
    if (this.nulls > 0)
      context.loss({ path, kind: 'nan', from: 'NaN or infinity', to: 'null', count: this.nulls });
    if (this.payloads > 0)
      context.loss({ path, kind: 'nan', from: 'NaN with a payload', to: 'NaN', count: this.payloads });
    this.nulls = 0;
    this.payloads = 0;
  }
}

/** Writes one element of float64 data. Room must be reserved. */
export function writeFloat(
  writer: ByteWriter,
  data: Float64Array,
  index: number,
  nonFinite: NonFinite,
  path: string,
): void {
  const value = data[index]!;
  if (value - value === 0) {
    writer.at = formatFloat64(data, index, writer.bytes, writer.at);
    if (value >= LEAST_PLUS || value <= -LEAST_PLUS) dropPlus(writer);
  } else {
    if (value !== value && bitsAt(data, index) !== PLAIN_NAN_BITS) nonFinite.payloads++;
    writer.ascii(nonFinite.text(value, path));
  }
}

/** `1e+16` as `1e16`, which is how most JSON writers have it. */
export function dropPlus(writer: ByteWriter): void {
  const plus = writer.bytes.lastIndexOf(PLUS, writer.at);
  writer.bytes.copyWithin(plus, plus + 1, writer.at);
  writer.at--;
}

/** Writes one element of int64 data, given as 32-bit halves. Room must be reserved. */
export function writeInt64(writer: ByteWriter, halves: Int32Array, index: number): void {
  const high = halves[2 * index + 1 - LOW]!;
  const low = halves[2 * index + LOW]! >>> 0;
  const value = high * HALF + low;
  if (value > -SAFE_DIGITS && value < SAFE_DIGITS) writer.at = formatInteger(value, writer.bytes, writer.at);
  else writer.ascii(String((BigInt(high) << 32n) | BigInt(low)));
}

/** The 32-bit halves that {@link writeInt64} takes. */
export function halvesOf(data: BigInt64Array): Int32Array {
  return new Int32Array(data.buffer, data.byteOffset, 2 * data.length);
}

export interface ArrayWriting {
  readonly nonFinite: NonFinite;
  readonly path: string;
  /** Writes what stands between the rows of nested lists, given the depth below the array: line breaks, blanks. */
  readonly breakLine: ((depth: number) => void) | undefined;
  /** Writes an element that is neither float64 nor int64. */
  element(value: Value): void;
}

/** Writes an array in C order as nested lists; a 0-d array as its element. */
export function writeArray(writer: ByteWriter, array: NDArray, how: ArrayWriting): void {
  const { shape } = array;
  const rank = shape.length;
  const writeRun = runWriter(writer, array, how);
  if (rank === 0) {
    writer.reserve(ITEM_BYTES);
    writeRun(0, 1);
    return;
  }
  let next = 0;
  const walk = (axis: number): void => {
    const length = shape[axis]!;
    writer.byte(OPEN_LIST);
    if (axis === rank - 1) {
      writeRun(next, length);
      next += length;
    } else {
      for (let i = 0; i < length; i++) {
        if (i > 0) writer.byte(COMMA);
        how.breakLine?.(axis + 1);
        walk(axis + 1);
      }
      if (length > 0) how.breakLine?.(axis);
    }
    writer.byte(CLOSE_LIST);
  };
  walk(0);
}

/** A function that writes `count` elements from `from` on with commas between them. */
function runWriter(
  writer: ByteWriter,
  array: NDArray,
  how: ArrayWriting,
): (from: number, count: number) => void {
  const spaced = how.breakLine !== undefined;
  const inBatches =
    (writeOne: (index: number) => void) =>
    (from: number, count: number): void => {
      for (let i = from; i < from + count; i++) {
        if ((i - from) % BATCH === 0) writer.reserve(Math.min(BATCH, count) * (ITEM_BYTES + 1));
        if (i > from) {
          writer.bytes[writer.at++] = COMMA;
          if (spaced) writer.bytes[writer.at++] = 0x20;
        }
        writeOne(i);
      }
    };
  if (array.dtype === 'float64') {
    const data = array.data as Float64Array;
    return inBatches((index) => writeFloat(writer, data, index, how.nonFinite, how.path));
  }
  if (array.dtype === 'int64') {
    const halves = halvesOf(array.data as BigInt64Array);
    return inBatches((index) => writeInt64(writer, halves, index));
  }
  return (from, count) => {
    for (let i = from; i < from + count; i++) {
      if (i > from) writer.ascii(spaced ? ', ' : ',');
      how.element(elementAt(array, i));
    }
  };
}

const bits = new BigUint64Array(1);

/** Read through memory that V8 does not turn into its own NaN on the way. */
function bitsAt(data: Float64Array, index: number): bigint {
  new Uint8Array(bits.buffer).set(new Uint8Array(data.buffer, data.byteOffset + 8 * index, 8));
  return bits[0]!;
}
