import { FormatError, itemSize, type NDArray } from '@formatlab/core';
import { checkText } from '../read/paths.js';
import type { NumberDType } from '../types/element-type.js';
import {
  boolType,
  byteStringType,
  complexType,
  type Datatype,
  fixedTextType,
  numberType,
  textType,
  timeType,
} from './datatype.js';
import type { FileWriter } from './file-writer.js';
import { heapElements } from './global-heap.js';

/** The elements of an array as they stand in a file. */
export interface Encoded {
  readonly type: Datatype;
  readonly bytes: Uint8Array;
  /** `text`: strings as sequences of bytes, because one holds a NUL. */
  readonly form?: 'text';
}

/** How text is stored. */
export type TextStorage = 'variable' | 'fixed';

/**
 * Elements in the array's own order, little-endian; typed arrays are not copied.
 *
 * @throws FormatError `unsupported` for objects and lone surrogates
 */
export function encodeElements(
  array: NDArray,
  writer: FileWriter,
  path: string,
  storage: TextStorage,
): Encoded {
  const { dtype } = array;
  switch (dtype) {
    case 'bool':
      return { type: boolType(), bytes: rawBytes(array) };
    case 'complex64':
    case 'complex128':
      return { type: complexType(dtype), bytes: rawBytes(array) };
    case 'datetime64':
    case 'timedelta64':
      return { type: timeType(dtype, array.unit ?? 'generic'), bytes: rawBytes(array) };
    case 'string':
      return encodeText(array.data as readonly string[], writer, path, storage);
    case 'bytes':
      return { type: byteStringType(), bytes: heapElements(writer, array.data as readonly Uint8Array[]) };
    case 'object':
      throw new FormatError('unsupported', `write array '${path}' of object as hdf5: it has no type for it`, {
        format: 'hdf5',
        path,
        feature: 'object arrays',
      });
    default:
      return { type: numberType(dtype as NumberDType), bytes: rawBytes(array) };
  }
}

export function rawBytes({ data, dtype }: NDArray): Uint8Array {
  // Called for dtypes with a size only: their data is a typed array.
  const typed = data as Uint8Array;
  if (itemSize(dtype) === 0) throw new TypeError(`take bytes of '${dtype}': elements have no fixed size`);
  return new Uint8Array(typed.buffer, typed.byteOffset, typed.byteLength);
}

function encodeText(
  texts: readonly string[],
  writer: FileWriter,
  path: string,
  storage: TextStorage,
): Encoded {
  for (const text of texts) checkText(text, 'write text in', path);
  const encoder = new TextEncoder();
  const values = texts.map((text) => encoder.encode(text));
  if (texts.some((text) => text.includes('\0')))
    return { type: byteStringType(), bytes: heapElements(writer, values), form: 'text' };
  if (storage === 'variable') return { type: textType(), bytes: heapElements(writer, values) };
  const size = values.reduce((longest, value) => Math.max(longest, value.byteLength), 1);
  const bytes = new Uint8Array(size * values.length);
  values.forEach((value, i) => bytes.set(value, i * size));
  const ascii = values.every((value) => value.every((byte) => byte < 0x80));
  return { type: fixedTextType(size, ascii), bytes };
}
