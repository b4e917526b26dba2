import { type DataOf, type DType, slotsPerItem, viewData } from '@formatlab/core';
import type { Element } from './dtype.js';

export type PlainElement = Exclude<Element, { kind: 'struct' | 'sub' | 'object' | 'text' }>;

export function dtypeOf(element: PlainElement): DType {
  switch (element.kind) {
    case 'fixed':
      return element.dtype;
    case 'long-double':
      return element.complex ? 'complex128' : 'float64';
    case 'unicode':
      return 'string';
    case 'bytes':
      return 'bytes';
  }
}

/** `count` elements, packed: a view where the byte order is the host's and the place is aligned. */
export function readElements(element: PlainElement, bytes: Uint8Array, count: number): DataOf<DType> {
  switch (element.kind) {
    case 'unicode':
      return Array.from({ length: count }, (_, i) =>
        unicodeAt(bytes, i * element.size, element.size, element.swap),
      );
    case 'bytes':
      return Array.from({ length: count }, (_, i) => {
        let end = (i + 1) * element.size;
        if (!element.raw) while (end > i * element.size && bytes[end - 1] === 0) end--;
        return bytes.slice(i * element.size, end);
      });
    case 'long-double':
      return longDoubles(element, bytes, count);
    case 'fixed': {
      const { dtype, size, swap } = element;
      if (!swap || size === 1) return viewData(dtype, bytes, count);
      const width = size / slotsPerItem(dtype);
      const turned = new Uint8Array(count * size);
      for (let at = 0; at < turned.length; at += width)
        for (let i = 0; i < width; i++) turned[at + i] = bytes[at + width - 1 - i]!;
      return viewData(dtype, turned, count);
    }
  }
}

function unicodeAt(bytes: Uint8Array, at: number, size: number, swap: boolean): string {
  let text = '';
  let pending = 0;
  for (let i = at; i + 4 <= at + size; i += 4) {
    const code = swap
      ? ((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!) >>> 0
      : ((bytes[i + 3]! << 24) | (bytes[i + 2]! << 16) | (bytes[i + 1]! << 8) | bytes[i]!) >>> 0;
    if (code === 0) {
      pending++;
      continue;
    }
    if (pending > 0) text += '\0'.repeat(pending);
    pending = 0;
    text += code > 0x10ffff ? '\ufffd' : String.fromCodePoint(code);
  }
  return text;
}

/** x87 extended precision: 64 bits of mantissa, then sign and exponent; the rest is padding. */
function longDoubles(
  element: Extract<Element, { kind: 'long-double' }>,
  bytes: Uint8Array,
  count: number,
): Float64Array {
  const parts = element.complex ? 2 : 1;
  const width = element.size / parts;
  const out = new Float64Array(count * parts);
  const item = new Uint8Array(width);
  const view = new DataView(item.buffer);
  for (let i = 0; i < out.length; i++) {
    item.set(bytes.subarray(i * width, (i + 1) * width));
    if (element.swap) item.reverse();
    const head = view.getUint16(8, true);
    const mantissa = view.getUint32(4, true) * 2 ** 32 + view.getUint32(0, true);
    const exponent = head & 0x7fff;
    const sign = head > 0x7fff ? -1 : 1;
    if (exponent === 0x7fff)
      out[i] =
        (view.getUint32(4, true) & 0x7fffffff) === 0 && view.getUint32(0, true) === 0
          ? sign * Number.POSITIVE_INFINITY
          : Number.NaN;
    else out[i] = sign * mantissa * 2 ** -63 * 2 ** Math.max(-1100, exponent - 16383);
  }
  return out;
}
