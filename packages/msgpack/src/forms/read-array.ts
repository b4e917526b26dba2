import { type NDArray, sizeOfShape, type Tagged, type Value } from '@formatlab/core';
import { type DecodeContext, decodePrefix } from '../decode.js';
import { arrayOfBytes } from './array-data.js';
import { parseComplex } from './complex-text.js';
import { parseDTypeText } from './dtype-text.js';
import { ARRAY_EXTENSION_MAGIC } from './mark.js';
import { KEY_COMPLEX, KEY_DATA, KEY_KIND, KEY_ND, KEY_SHAPE, KEY_TYPE, sameBytes } from './write-forms.js';

type Entries = readonly (readonly [Value, Value])[];

/**
 * What msgpack-numpy keeps in a map of binary keys: an array, a NumPy scalar as a 0-d array, or a complex number.
 * Undefined for every other map, and for arrays of structures, of Python objects and of dtypes that we don't
 * hold: those stay the maps they are.
 *
 * @throws FormatError `corrupt` where data does not fit the shape
 */
export function arrayOfPairs(
  entries: Entries,
  offset: number,
  context: DecodeContext,
): NDArray | Tagged | undefined {
  const nd = lookUp(entries, KEY_ND);
  if (nd === undefined) {
    const complex =
      entries.length === 2 && lookUp(entries, KEY_COMPLEX) === true ? lookUp(entries, KEY_DATA) : undefined;
    return typeof complex === 'string' ? parseComplex(complex) : undefined;
  }
  const type = lookUp(entries, KEY_TYPE);
  const data = lookUp(entries, KEY_DATA);
  const parsed = typeof type === 'string' ? parseDTypeText(type) : undefined;
  if (parsed === undefined || !(data instanceof Uint8Array)) return undefined;
  if (nd === false)
    return entries.length === 3 ? arrayOfBytes(parsed, [], data, context.budget, offset) : undefined;
  const kind = lookUp(entries, KEY_KIND);
  const shape = shapeOf(lookUp(entries, KEY_SHAPE));
  const wanted = kind === undefined ? 4 : 5;
  const plain = kind === undefined || (kind instanceof Uint8Array && kind.length === 0);
  if (nd !== true || shape === undefined || !plain || entries.length !== wanted) return undefined;
  return arrayOfBytes(parsed, shape, data, context.budget, offset);
}

/** The array in an extension of type 78; undefined where another application uses that number. */
export function arrayOfExtension(
  content: Uint8Array,
  offset: number,
  context: DecodeContext,
): NDArray | undefined {
  const magic = ARRAY_EXTENSION_MAGIC.length;
  if (!sameBytes(content.subarray(0, magic), ARRAY_EXTENSION_MAGIC)) return undefined;
  const padding = content[magic];
  if (padding === undefined) return undefined;
  const { value, end } = decodePrefix(content.subarray(magic + 1), offset + magic + 1, context);
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const parsed = typeof value[0] === 'string' ? parseDTypeText(value[0]) : undefined;
  const shape = shapeOf(value[1] as Value);
  if (parsed === undefined || shape === undefined) return undefined;
  return arrayOfBytes(parsed, shape, content.subarray(magic + 1 + end + padding), context.budget, offset);
}

/** A list of whole lengths whose product is one too. */
export function shapeOf(value: Value | undefined): readonly number[] | undefined {
  if (!Array.isArray(value) || !value.every((length) => Number.isInteger(length) && length >= 0))
    return undefined;
  return Number.isSafeInteger(sizeOfShape(value as number[])) ? (value as number[]) : undefined;
}

function lookUp(entries: Entries, name: Uint8Array): Value | undefined {
  let found: Value | undefined;
  for (const [key, value] of entries) {
    if (!(key instanceof Uint8Array) || !sameBytes(key, name)) continue;
    if (found !== undefined) return undefined;
    found = value;
  }
  return found;
}
