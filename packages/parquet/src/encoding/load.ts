import { allocateData, type DataOf, type DType, itemSize } from '@formatlab/core';
import { corrupt, unsupported } from '../corrupt.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';
import type { ByteSlices } from './byte-slices.js';
import { decodeTexts } from './text.js';

/** Elements of one column: a typed array, or a plain one of strings or bytes. */
export type ColumnData = DataOf<DType>;

/** Days from 4713 BC, where INT96 counts from, to 1970-01-01. */
const JULIAN_EPOCH = 2440588n;
const NS_PER_DAY = 86_400_000_000_000n;
const LEAST_INT64 = -(2n ** 63n);
const LARGEST_INT64 = 2n ** 63n - 1n;
const NAT = LEAST_INT64;
/** More than 2,400 digits; the time to print digits grows with the square of their number. */
const LONGEST_DECIMAL = 1024;

/** Bytes of one value in the file where all values have the same; 0 for BYTE_ARRAY, and for BOOLEAN, which is bits. */
export function physicalSize(leaf: Pick<Leaf, 'physical' | 'typeLength'>): number {
  switch (leaf.physical) {
    case 'INT32':
    case 'FLOAT':
      return 4;
    case 'INT64':
    case 'DOUBLE':
      return 8;
    case 'INT96':
      return 12;
    case 'FIXED_LEN_BYTE_ARRAY':
      return leaf.typeLength;
    default:
      return 0;
  }
}

/** Room for `count` elements of a leaf. */
export function roomFor(leaf: Leaf, count: number): ColumnData {
  return allocateData(leaf.kind.type.dtype, count);
}

/** Bytes that `count` elements of a leaf take in memory, not counting what strings and bytes hold. */
export function memoryOf(leaf: Leaf, count: number): number {
  return count * (itemSize(leaf.kind.type.dtype) || 8);
}

/** Puts `count` values of fixed size, little-endian and one after the other, into `out` from `at` on. @throws FormatError `corrupt` */
export function loadFixed(
  leaf: Leaf,
  raw: Uint8Array,
  count: number,
  out: ColumnData,
  at: number,
  offset: number,
): void {
  switch (leaf.kind.load) {
    case 'same':
      bytesOf(out).set(raw.subarray(0, count * physicalSize(leaf)), at * physicalSize(leaf));
      if (leaf.kind.factor !== undefined) unscale(leaf, out as BigInt64Array, at, count, offset);
      return;
    case 'narrow': {
      const values = int32s(raw, count);
      const target = out as Int8Array;
      for (let i = 0; i < count; i++) {
        target[at + i] = values[i]!;
        if (target[at + i] !== values[i])
          throw corrupt(`read '${leafPath(leaf)}': '${values[i]}' is no ${leaf.kind.type.dtype}`, offset);
      }
      return;
    }
    case 'widen': {
      const values = int32s(raw, count);
      const target = out as BigInt64Array;
      for (let i = 0; i < count; i++) target[at + i] = BigInt(values[i]!);
      if (leaf.kind.factor !== undefined) unscale(leaf, target, at, count, offset);
      return;
    }
    case 'int96':
      loadInt96(leaf, raw, count, out as BigInt64Array, at);
      return;
    default:
      throw corrupt(`read '${leafPath(leaf)}': values of fixed size in a column of ${leaf.physical}`, offset);
  }
}

/** Puts values of variable size into `out` from `at` on. @throws FormatError `corrupt` */
export function loadSlices(
  leaf: Leaf,
  slices: ByteSlices,
  out: ColumnData,
  at: number,
  offset: number,
): void {
  const { bytes, starts, ends } = slices;
  const count = starts.length;
  // Each way to load has its own dtype, and with it the class of `out`.
  switch (leaf.kind.load) {
    case 'text':
      decodeTexts(slices, out as unknown as string[], at, offset);
      return;
    case 'bytes': {
      const target = out as unknown as Uint8Array[];
      // Copies: a view would keep the whole page, and values that share memory surprise who changes one.
      for (let i = 0; i < count; i++) target[at + i] = new Uint8Array(bytes.subarray(starts[i]!, ends[i]!));
      return;
    }
    case 'uuid': {
      const target = out as unknown as string[];
      for (let i = 0; i < count; i++) target[at + i] = uuid(bytes, starts[i]!);
      return;
    }
    case 'decimal': {
      const target = out as BigInt64Array;
      for (let i = 0; i < count; i++) {
        const value = twosComplement(bytes, starts[i]!, ends[i]!);
        if (value < LEAST_INT64 || value > LARGEST_INT64)
          throw corrupt(
            `read '${leafPath(leaf)}': a decimal of more digits than its ${leaf.kind.type.decimal?.precision}`,
            offset,
          );
        target[at + i] = value;
      }
      return;
    }
    case 'decimal-text': {
      const target = out as unknown as string[];
      for (let i = 0; i < count; i++) target[at + i] = String(twosComplement(bytes, starts[i]!, ends[i]!));
      return;
    }
    default:
      throw corrupt(
        `read '${leafPath(leaf)}': values of variable size in a column of ${leaf.physical}`,
        offset,
      );
  }
}

function bytesOf(data: ColumnData): Uint8Array {
  // Only typed arrays come here: plain arrays hold what is loaded from slices.
  const { buffer, byteOffset, byteLength } = data as Uint8Array;
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function int32s(raw: Uint8Array, count: number): Int32Array {
  // Not raw.slice: a Buffer's does not copy.
  const home = raw.byteOffset % 4 === 0 ? raw : new Uint8Array(raw.subarray(0, count * 4));
  return new Int32Array(home.buffer, home.byteOffset, count);
}

function unscale(leaf: Leaf, out: BigInt64Array, at: number, count: number, offset: number): void {
  const factor = BigInt(leaf.kind.factor!);
  for (let i = at; i < at + count; i++) {
    const value = out[i]!;
    if (value % factor !== 0n)
      throw corrupt(`read '${leafPath(leaf)}': '${value}' is no multiple of ${factor}`, offset);
    out[i] = value / factor;
  }
}

function loadInt96(leaf: Leaf, raw: Uint8Array, count: number, out: BigInt64Array, at: number): void {
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  const perTick = NS_PER_TICK[leaf.kind.type.unit!] ?? 1n;
  for (let i = 0; i < count; i++) {
    const days = BigInt(view.getInt32(i * 12 + 8, true)) - JULIAN_EPOCH;
    const nanoseconds = days * NS_PER_DAY + view.getBigInt64(i * 12, true);
    const ticks = nanoseconds / perTick;
    // Spark counts in int64 microseconds, and what leaves them wraps around both ways, as it does in the array.
    if (leaf.kind.wraps === true && nanoseconds % perTick === 0n) {
      out[at + i] = ticks;
      continue;
    }
    if (ticks * perTick !== nanoseconds || ticks <= NAT || ticks > LARGEST_INT64) {
      throw unsupported(
        `read '${leafPath(leaf)}': the INT96 timestamp ${nanoseconds} ns has no room in datetime64[${leaf.kind.type.unit}]; set the option 'int96' to another unit`,
        'INT96 out of range',
        { path: leafPath(leaf), supported: ['ns', 'us', 'ms'] },
      );
    }
    out[at + i] = ticks;
  }
}

export const NS_PER_TICK: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, ms: 1_000_000n };

function twosComplement(bytes: Uint8Array, start: number, end: number): bigint {
  if (end === start) return 0n;
  if (end - start > LONGEST_DECIMAL) throw corrupt(`read decimal: ${end - start} bytes`);
  let value = BigInt((bytes[start]! << 24) >> 24);
  for (let i = start + 1; i < end; i++) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

function uuid(bytes: Uint8Array, start: number): string {
  let text = '';
  for (let i = 0; i < 16; i++) {
    if (i === 4 || i === 6 || i === 8 || i === 10) text += '-';
    text += (bytes[start + i]! + 0x100).toString(16).slice(1);
  }
  return text;
}
