import { unsupported } from '../corrupt.js';
import type { ColumnData } from '../encoding/load.js';
import { isWellFormed } from '../encoding/well-formed.js';
import { GrowingBytes } from '../growing-bytes.js';
import { leafPath } from '../schema/field.js';
import type { Leaf } from '../schema/tree.js';

const utf8 = new TextEncoder();
const LARGEST_INT64 = 2n ** 63n - 1n;

/** Whether all values of a leaf take the same number of bytes, more than a bit. */
export function isFixed(leaf: Leaf): boolean {
  return leaf.physical !== 'BYTE_ARRAY' && leaf.physical !== 'BOOLEAN';
}

/**
 * Elements of a leaf as the bytes of its physical type, one after the other: a view of `data` where it is the
 * same. Only for leaves of fixed size.
 *
 * @throws FormatError `unsupported` for a value that the physical type can't hold
 */
export function physicalBytes(leaf: Leaf, data: ColumnData, count: number): Uint8Array {
  const { kind } = leaf;
  switch (kind.load) {
    case 'same':
      return kind.factor === undefined
        ? viewOf(data, count)
        : viewOf(scaled(leaf, data as BigInt64Array, count), count);
    case 'narrow':
      return viewOf(Int32Array.from((data as Int8Array).subarray(0, count)), count);
    case 'widen': {
      const out = new Int32Array(count);
      const source = data as BigInt64Array;
      for (let i = 0; i < count; i++) {
        const value = source[i]!;
        if (value < -(2n ** 31n) || value >= 2n ** 31n) throw unholdable(leaf, value);
        out[i] = Number(value);
      }
      checkDigits(leaf, data, count);
      return viewOf(out, count);
    }
    case 'uuid':
      return uuidBytes(leaf, data as unknown as readonly string[], count);
    case 'bytes':
      return fixedBytes(leaf, data as unknown as readonly Uint8Array[], count);
    case 'decimal':
    case 'decimal-text': {
      const out = new GrowingBytes(count * leaf.typeLength);
      checkDigits(leaf, data, count);
      for (let i = 0; i < count; i++) out.bytes(bigEndian(leaf, unscaled(leaf, data[i]), leaf.typeLength));
      return out.taken();
    }
    default:
      throw unsupported(
        `write '${leafPath(leaf)}' as parquet: values of ${leaf.physical} are read only`,
        `writing ${leaf.physical}`,
        { path: leafPath(leaf) },
      );
  }
}

/** Booleans as bits, least significant first. */
export function packBits(data: Uint8Array, from: number, to: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((to - from) / 8));
  for (let i = from; i < to; i++) if (data[i] !== 0) out[(i - from) >> 3]! |= 1 << ((i - from) & 7);
  return out;
}

/** BYTE_ARRAY: each value behind its length. @throws FormatError `unsupported` */
export function byteArrays(leaf: Leaf, data: ColumnData, from: number, to: number): Uint8Array {
  const out = new GrowingBytes((to - from) * 16);
  switch (leaf.kind.load) {
    case 'text':
      for (let i = from; i < to; i++) appendText(leaf, out, (data as unknown as readonly string[])[i]!);
      return out.taken();
    case 'bytes':
      for (let i = from; i < to; i++) {
        const value = (data as unknown as readonly Uint8Array[])[i]!;
        out.uint32(value.byteLength);
        out.bytes(value);
      }
      return out.taken();
    default:
      checkDigits(leaf, data, to);
      for (let i = from; i < to; i++) {
        const value = unscaled(leaf, data[i]);
        const bytes = bigEndian(leaf, value, Math.floor(value.toString(2).replace('-', '').length / 8) + 1);
        out.uint32(bytes.byteLength);
        out.bytes(bytes);
      }
      return out.taken();
  }
}

/** Decimals may have no more digits than their type says: other programs rely on it. @throws FormatError `unsupported` */
export function checkDigits(leaf: Leaf, data: ColumnData, count: number): void {
  const { decimal, dtype } = leaf.kind.type;
  if (decimal === undefined) return;
  const limit = 10n ** BigInt(decimal.precision);
  if (dtype === 'int64' && limit > LARGEST_INT64) return;
  for (let i = 0; i < count; i++) {
    const value = unscaled(leaf, data[i]);
    if (value >= limit || value <= -limit) throw unholdable(leaf, value);
  }
}

function viewOf(data: ColumnData, count: number): Uint8Array {
  // Leaves of fixed size that are loaded as they are have typed arrays.
  const typed = data as Uint8Array;
  return new Uint8Array(typed.buffer, typed.byteOffset, count * typed.BYTES_PER_ELEMENT);
}

function scaled(leaf: Leaf, data: BigInt64Array, count: number): BigInt64Array {
  const factor = BigInt(leaf.kind.factor!);
  const out = new BigInt64Array(count);
  for (let i = 0; i < count; i++) {
    const value = data[i]! * factor;
    if (value < -LARGEST_INT64 - 1n || value > LARGEST_INT64) throw unholdable(leaf, data[i]!);
    out[i] = value;
  }
  return out;
}

/** Behind its length in UTF-8. ASCII, which most texts are, is copied here: a call of the encoder costs more. */
function appendText(leaf: Leaf, out: GrowingBytes, text: string): void {
  const { length } = text;
  out.reserve(4 + length * 3);
  const { buffer } = out;
  const start = out.size + 4;
  let size = 0;
  while (size < length) {
    const code = text.charCodeAt(size);
    if (code > 127) break;
    buffer[start + size++] = code;
  }
  if (size < length) {
    if (!isWellFormed(text))
      throw unsupported(
        `write '${leafPath(leaf)}' as parquet: a text with half of a surrogate pair, which UTF-8 can't hold`,
        'lone surrogates',
        { path: leafPath(leaf) },
      );
    size += utf8.encodeInto(text.slice(size), buffer.subarray(start + size)).written;
  }
  out.uint32(size);
  out.size = start + size;
}

function unscaled(leaf: Leaf, value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  throw unholdable(leaf, value);
}

function bigEndian(leaf: Leaf, value: bigint, length: number): Uint8Array {
  const range = 1n << BigInt(length * 8);
  if (value < -range / 2n || value >= range / 2n) throw unholdable(leaf, value);
  const hex = (value < 0n ? value + range : value).toString(16).padStart(length * 2, '0');
  return Uint8Array.from({ length }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}

function uuidBytes(leaf: Leaf, data: readonly string[], count: number): Uint8Array {
  const out = new Uint8Array(count * 16);
  for (let i = 0; i < count; i++) {
    const hex = data[i]!.replaceAll('-', '');
    if (!/^[0-9a-f]{32}$/.test(hex)) throw unholdable(leaf, data[i]);
    for (let byte = 0; byte < 16; byte++)
      out[i * 16 + byte] = Number.parseInt(hex.slice(2 * byte, 2 * byte + 2), 16);
  }
  return out;
}

function fixedBytes(leaf: Leaf, data: readonly Uint8Array[], count: number): Uint8Array {
  const out = new Uint8Array(count * leaf.typeLength);
  for (let i = 0; i < count; i++) {
    if (data[i]!.byteLength !== leaf.typeLength) throw unholdable(leaf, `${data[i]!.byteLength} bytes`);
    out.set(data[i]!, i * leaf.typeLength);
  }
  return out;
}

function unholdable(leaf: Leaf, value: unknown): Error {
  const { unit, decimal } = leaf.kind.type;
  const type =
    decimal === undefined
      ? `${leaf.physical}${unit === undefined ? '' : ` of ${unit}`}`
      : `decimal of ${decimal.precision} digits`;
  return unsupported(
    `write '${leafPath(leaf)}' as parquet: '${value}' has no room in ${type}`,
    'values out of range',
    { path: leafPath(leaf), found: String(value) },
  );
}
