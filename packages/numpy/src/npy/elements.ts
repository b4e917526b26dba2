import { type DataOf, type DType, itemSize, slotsPerItem, viewData } from '@formatlab/core';
import { type Element, LITTLE_ENDIAN_HOST } from './descr.js';

/** The dtype that an element is read as. */
export function dtypeOf(element: Exclude<Element, { kind: 'struct' }>): DType {
  switch (element.kind) {
    case 'fixed':
      return element.dtype;
    case 'long-double':
      return element.complex ? 'complex128' : 'float64';
    case 'unicode':
      return 'string';
    case 'bytes':
      return 'bytes';
    case 'object':
      return 'object';
  }
}

/**
 * `count` elements that lie at `bytes`, `stride` bytes apart. Contiguous elements in native order are a view
 * where they are aligned.
 */
export function readElements(
  element: Exclude<Element, { kind: 'struct' | 'object' }>,
  bytes: Uint8Array,
  count: number,
  stride = element.size,
): DataOf<DType> {
  if (element.kind === 'unicode') return readUnicode(bytes, count, stride, element.size, element.swap);
  if (element.kind === 'bytes') return readBytes(bytes, count, stride, element.size, element.raw);
  if (element.kind === 'long-double') return readLongDoubles(element, bytes, count, stride);
  const { dtype, size, swap } = element;
  if (!swap && stride === size) return viewData(dtype, bytes, count);
  const packed = new Uint8Array(count * size);
  for (let i = 0; i < count; i++) packed.set(bytes.subarray(i * stride, i * stride + size), i * size);
  if (swap) swapBytes(packed, size / slotsPerItem(dtype));
  return viewData(dtype, packed, count);
}

/** Writes elements into `out`, `stride` bytes apart; `size` is the width of strings and bytes. */
export function writeElements(
  dtype: DType,
  data: DataOf<DType>,
  out: Uint8Array,
  stride: number,
  size: number,
): void {
  if (dtype === 'string') {
    writeUnicode(data as readonly string[], out, stride);
    return;
  }
  if (dtype === 'bytes') {
    (data as readonly Uint8Array[]).forEach((item, i) => out.set(item, i * stride));
    return;
  }
  const source = bytesOf(data as Float64Array);
  if (stride === size) {
    out.set(source);
    return;
  }
  for (let i = 0; i * size < source.byteLength; i++)
    out.set(source.subarray(i * size, (i + 1) * size), i * stride);
}

/** The bytes of a typed array, not copied. */
export function bytesOf(data: ArrayBufferView): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Reverses each run of `width` bytes in place. */
export function swapBytes(bytes: Uint8Array, width: number): void {
  for (let start = 0; start < bytes.byteLength; start += width) {
    for (let low = start, high = start + width - 1; low < high; low++, high--) {
      const byte = bytes[low]!;
      bytes[low] = bytes[high]!;
      bytes[high] = byte;
    }
  }
}

function readUnicode(
  bytes: Uint8Array,
  count: number,
  stride: number,
  size: number,
  swap: boolean,
): string[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = LITTLE_ENDIAN_HOST !== swap;
  return Array.from({ length: count }, (_, i) => {
    let text = '';
    let end = i * stride + size;
    const start = i * stride;
    while (end > start && view.getUint32(end - 4, little) === 0) end -= 4;
    for (let at = start; at < end; at += 4) {
      const code = view.getUint32(at, little);
      // Beyond Unicode there is no character: the replacement character stands in, as in decoders of UTF-8.
      text += String.fromCodePoint(code > 0x10ffff ? 0xfffd : code);
    }
    return text;
  });
}

function readBytes(
  bytes: Uint8Array,
  count: number,
  stride: number,
  size: number,
  raw: boolean,
): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const start = i * stride;
    let end = start + size;
    while (!raw && end > start && bytes[end - 1] === 0) end--;
    return bytes.slice(start, end);
  });
}

function writeUnicode(texts: readonly string[], out: Uint8Array, stride: number): void {
  const view = new DataView(out.buffer, out.byteOffset, out.byteLength);
  texts.forEach((text, i) => {
    let at = i * stride;
    for (const char of text) {
      view.setUint32(at, char.codePointAt(0)!, LITTLE_ENDIAN_HOST);
      at += 4;
    }
  });
}

/** Intel's 80-bit extended format: 64 bits of significand with its integer bit, 15 of exponent, sign. */
function readLongDoubles(
  element: Extract<Element, { kind: 'long-double' }>,
  bytes: Uint8Array,
  count: number,
  stride: number,
): DataOf<DType> {
  const parts = element.complex ? 2 : 1;
  const width = element.size / parts;
  const out = new Float64Array(count * parts);
  const cell = new Uint8Array(width);
  const view = new DataView(cell.buffer);
  for (let i = 0; i < count; i++) {
    for (let part = 0; part < parts; part++) {
      const start = i * stride + part * width;
      cell.set(bytes.subarray(start, start + width));
      if (element.swap === LITTLE_ENDIAN_HOST) cell.reverse();
      out[i * parts + part] = fromExtended(view.getBigUint64(0, true), view.getUint16(8, true));
    }
  }
  return out;
}

function fromExtended(significand: bigint, signAndExponent: number): number {
  const sign = signAndExponent & 0x8000 ? -1 : 1;
  const exponent = signAndExponent & 0x7fff;
  if (exponent === 0x7fff)
    return BigInt.asUintN(63, significand) === 0n ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  // Number(bigint) rounds once, to nearest even; scaling by a power of two is exact above the denormals.
  const scale = (exponent === 0 ? 1 : exponent) - 16383 - 63;
  const value = Number(significand);
  return (
    sign *
    (scale < -1022
      ? value * 2 ** -1000 * 2 ** Math.max(-1074, scale + 1000)
      : scale > 960
        ? value * 2 ** 960 * 2 ** (scale - 960)
        : value * 2 ** scale)
  );
}

/** Bytes that `count` elements take in memory: what the budget is charged. */
export function memoryBytes(element: Element, count: number): number {
  if (element.kind === 'fixed') return count * itemSize(element.dtype);
  return count * Math.max(8, element.size * 2);
}
