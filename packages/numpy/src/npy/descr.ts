import { type DType, FormatError, type NDArray, sizeOfShape } from '@formatlab/core';
import type { Literal } from './literal.js';

/** How one element lies in the file. `size` is in bytes. */
export type Element =
  | {
      readonly kind: 'fixed';
      readonly dtype: DType;
      readonly size: number;
      readonly swap: boolean;
      readonly unit?: string;
    }
  /** x87 long double, alone or as a complex pair: float64 is the nearest we have. */
  | { readonly kind: 'long-double'; readonly complex: boolean; readonly size: number; readonly swap: boolean }
  /** UCS-4 code points, padded with NUL. */
  | { readonly kind: 'unicode'; readonly size: number; readonly swap: boolean }
  /** `S`: padded with NUL; `V`: raw. */
  | { readonly kind: 'bytes'; readonly size: number; readonly raw: boolean }
  | { readonly kind: 'object'; readonly size: 0 }
  | { readonly kind: 'struct'; readonly size: number; readonly fields: readonly Field[] };

export interface Field {
  readonly name: string;
  readonly element: Element;
  /** Of a subarray in each row; `[]` for one value. */
  readonly shape: readonly number[];
  /** Bytes from the start of the row. */
  readonly offset: number;
}

export const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

const FIXED: Readonly<Record<string, DType>> = {
  b1: 'bool',
  i1: 'int8',
  i2: 'int16',
  i4: 'int32',
  i8: 'int64',
  u1: 'uint8',
  u2: 'uint16',
  u4: 'uint32',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
  c8: 'complex64',
  c16: 'complex128',
  M8: 'datetime64',
  m8: 'timedelta64',
};

const CODES = new Map<DType, string>(Object.entries(FIXED).map(([code, dtype]) => [dtype, code]));
const LARGEST_ITEM = 2 ** 31 - 1;

/**
 * The element that a `descr` describes (NEP 1; NumPy's array interface protocol for type strings).
 *
 * @throws FormatError `corrupt`, `unsupported`
 */
export function parseDescr(descr: Literal): Element {
  if (typeof descr === 'string') return parseTypeString(descr);
  if (!Array.isArray(descr)) throw badDescr(descr);
  return parseFields(descr);
}

/** The type string of an array: `<f8`, `<U12`, `<M8[ns]`. */
export function descrOf(array: NDArray, itemBytes: number): string {
  const code = CODES.get(array.dtype);
  if (code !== undefined) {
    const order = /1$/.test(code) && !code.startsWith('c') ? '|' : LITTLE_ENDIAN_HOST ? '<' : '>';
    return `${order}${code}${array.unit === undefined || array.unit === 'generic' ? '' : `[${array.unit}]`}`;
  }
  return array.dtype === 'string' ? `${LITTLE_ENDIAN_HOST ? '<' : '>'}U${itemBytes / 4}` : `|S${itemBytes}`;
}

/** Bytes of one element of a string or bytes array, or of any other dtype. At least one character, as in NumPy. */
export function itemBytesOf(array: NDArray): number {
  const code = CODES.get(array.dtype);
  if (code !== undefined) return Number(/\d+$/.exec(code)![0]);
  let longest = 1;
  if (array.dtype === 'string')
    for (const text of array.data as readonly string[]) longest = Math.max(longest, codePoints(text));
  else for (const item of array.data as readonly Uint8Array[]) longest = Math.max(longest, item.byteLength);
  return array.dtype === 'string' ? longest * 4 : longest;
}

function codePoints(text: string): number {
  let count = text.length;
  for (let i = 0; i + 1 < text.length; i++) {
    if ((text.charCodeAt(i) & 0xfc00) === 0xd800 && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) count--;
  }
  return count;
}

function parseTypeString(text: string): Element {
  const match = /^([<>|=]?)([?a-zA-Z])(\d*)(?:\[(.*)\])?$/.exec(text);
  if (match === null) throw badDescr(text);
  const [, order, letter, digits, unit] = match;
  const swap = order === '>' ? LITTLE_ENDIAN_HOST : order === '<' ? !LITTLE_ENDIAN_HOST : false;
  const size = digits === '' ? 0 : Number(digits);
  if (size > LARGEST_ITEM) throw badDescr(text);
  if (letter === '?') return { kind: 'fixed', dtype: 'bool', size: 1, swap: false };
  if (letter === 'O') return { kind: 'object', size: 0 };
  if (letter === 'U') return { kind: 'unicode', size: size * 4, swap };
  if (letter === 'S' || letter === 'a') return { kind: 'bytes', size, raw: false };
  if (letter === 'V') return { kind: 'bytes', size, raw: true };
  if ((letter === 'f' && (size === 16 || size === 12)) || (letter === 'c' && (size === 32 || size === 24))) {
    return { kind: 'long-double', complex: letter === 'c', size, swap };
  }
  const dtype = FIXED[`${letter}${size}`];
  if (dtype === undefined) {
    throw new FormatError('unsupported', `read npy dtype '${text}': no such element type here`, {
      format: 'numpy',
      feature: `dtype ${text}`,
      supported: [...Object.keys(FIXED), 'U', 'S', 'V', 'O'],
    });
  }
  if (dtype === 'datetime64' || dtype === 'timedelta64')
    return { kind: 'fixed', dtype, size, swap, unit: unit ?? 'generic' };
  return { kind: 'fixed', dtype, size, swap };
}

function parseFields(list: readonly Literal[]): Element {
  const fields: Field[] = [];
  const names = new Set<string>();
  let offset = 0;
  for (const item of list) {
    if (!Array.isArray(item) || item.length < 2 || item.length > 3) throw badDescr(item);
    const [label, descr, dimensions] = item as readonly Literal[];
    const name = fieldName(label!);
    const element = parseDescr(descr!);
    const shape = dimensions === undefined ? [] : parseShape(dimensions);
    // NumPy writes gaps between fields as nameless raw bytes.
    const padding = name === '' && element.kind === 'bytes' && element.raw;
    if (!padding) {
      if (names.has(name)) throw badDescr(`${name} twice`);
      names.add(name);
      fields.push({ name, element, shape, offset });
    }
    offset += element.size * sizeOfShape(shape);
    if (offset > LARGEST_ITEM) throw badDescr('fields');
  }
  return { kind: 'struct', size: offset, fields };
}

/** A field is named by a string, or by a (title, name) pair. */
function fieldName(label: Literal): string {
  const name = Array.isArray(label) ? label[1] : label;
  if (typeof name !== 'string') throw badDescr(label);
  return name;
}

export function parseShape(value: Literal | undefined): readonly number[] {
  const items = typeof value === 'number' ? [value] : value;
  if (
    !Array.isArray(items) ||
    !items.every((item) => Number.isSafeInteger(item) && (item as number) >= 0) ||
    items.length > 64
  ) {
    throw new FormatError('corrupt', `read npy shape '${show(value)}': not a tuple of whole numbers`, {
      format: 'numpy',
    });
  }
  return items as readonly number[];
}

function badDescr(descr: Literal): FormatError {
  return new FormatError('corrupt', `read npy descr '${show(descr)}': not a dtype description`, {
    format: 'numpy',
  });
}

function show(value: Literal | undefined): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
