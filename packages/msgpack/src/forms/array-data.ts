import { type Budget, FormatError, NDArray, sizeOfShape, viewData } from '@formatlab/core';
import type { DTypeText } from './dtype-text.js';

const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const LARGEST_CODE_POINT = 0x10ffff;

/** The elements of a C-order array of a fixed-size dtype as little-endian bytes: a view, but on a big-endian machine. */
export function littleEndianBytes(array: NDArray, word: number): Uint8Array {
  // Only called for dtypes with a byte layout, whose data is a typed array.
  const typed = array.data as Uint8Array;
  const bytes = new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
  return LITTLE_ENDIAN_HOST || word === 1 ? bytes : swapped(bytes, word);
}

/**
 * The array whose elements lie at `bytes`: a view where they are little-endian and aligned, else one copy.
 * `<U` and `|S` lose trailing NULs, as in NumPy, which pads with them.
 *
 * @throws FormatError `corrupt` where the byte count does not fit the shape
 */
export function arrayOfBytes(
  type: DTypeText,
  shape: readonly number[],
  bytes: Uint8Array,
  budget: Budget,
  offset: number,
): NDArray {
  const size = sizeOfShape(shape);
  if (size * type.bytes !== bytes.length) {
    throw new FormatError(
      'corrupt',
      `read array of shape [${shape}]: ${bytes.length} of ${size * type.bytes} bytes of ${type.dtype} data`,
      { format: 'msgpack', offset },
    );
  }
  if (type.dtype === 'string' || type.dtype === 'bytes')
    return textArray(type, shape, size, bytes, budget, offset);
  const native = type.word > 1 && type.bigEndian === LITTLE_ENDIAN_HOST;
  if (native || bytes.byteOffset % type.word !== 0)
    budget.takeBytes(bytes.length, `array of shape [${shape}]`);
  const data = viewData(type.dtype, native ? swapped(bytes, type.word) : bytes, size);
  return new NDArray({
    dtype: type.dtype,
    shape,
    data,
    ...(type.unit === undefined ? {} : { unit: type.unit }),
  });
}

function textArray(
  type: DTypeText,
  shape: readonly number[],
  size: number,
  bytes: Uint8Array,
  budget: Budget,
  offset: number,
): NDArray {
  budget.takeItems(size, `array of shape [${shape}]`);
  budget.takeBytes(16 * size + bytes.length, `array of shape [${shape}]`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items = Array.from({ length: size }, (_, i) => bytes.subarray(i * type.bytes, (i + 1) * type.bytes));
  if (type.dtype === 'bytes')
    return new NDArray({ dtype: 'bytes', shape, data: items.map((item) => withoutTrailingNuls(item)) });
  const data = items.map((item, i) => {
    let text = '';
    for (let at = 0; at < item.length; at += 4) {
      const point = view.getUint32(i * type.bytes + at, !type.bigEndian);
      if (point > LARGEST_CODE_POINT) {
        throw new FormatError(
          'corrupt',
          `read text of array element ${i}: 0x${point.toString(16)} is no code point`,
          { format: 'msgpack', offset: offset + i * type.bytes + at },
        );
      }
      text += String.fromCodePoint(point);
    }
    return text.replace(/\0+$/, '');
  });
  return new NDArray({ dtype: 'string', shape, data });
}

function withoutTrailingNuls(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.slice(0, end);
}

function swapped(bytes: Uint8Array, word: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += word) {
    for (let i = 0; i < word; i++) out[at + i] = bytes[at + word - 1 - i]!;
  }
  return out;
}
