import type { DType, FormatError } from '@formatlab/core';
import { corrupt } from '../machine/fault.js';
import { type Node, PyGlobal, PyObject, PyTuple } from '../machine/nodes.js';
import { member, nameOf } from './known.js';
import { bytesOf } from './numpy.js';

/** How one element lies in the bytes of a pickled array. `size` is in bytes. */
export type Element =
  | {
      readonly kind: 'fixed';
      readonly dtype: DType;
      readonly size: number;
      readonly swap: boolean;
      readonly unit?: string;
    }
  | { readonly kind: 'long-double'; readonly complex: boolean; readonly size: number; readonly swap: boolean }
  | { readonly kind: 'unicode'; readonly size: number; readonly swap: boolean }
  | { readonly kind: 'bytes'; readonly size: number; readonly raw: boolean }
  | { readonly kind: 'object'; readonly size: 8 }
  /** NumPy 2's text of any length: pickled as a list of strings. */
  | { readonly kind: 'text'; readonly size: 16 }
  | { readonly kind: 'struct'; readonly size: number; readonly fields: readonly Field[] }
  | {
      readonly kind: 'sub';
      readonly size: number;
      readonly element: Element;
      readonly shape: readonly number[];
    };

export interface Field {
  readonly name: string;
  readonly element: Element;
  readonly offset: number;
}

export const FIXED: Readonly<Record<string, DType>> = {
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
const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;
const LARGEST_ITEM = 2 ** 31 - 1;
const MOST_LEVELS = 32;

/** The element that a pickled `numpy.dtype` describes; undefined where the node is none. */
export function elementOf(node: Node | undefined, level = 0): Element | undefined {
  if (level > MOST_LEVELS) return undefined;
  if (typeof node === 'string') return plainElement(node, undefined, undefined, undefined);
  if (!(node instanceof PyObject) || !(node.callee instanceof PyGlobal)) return undefined;
  const name = nameOf(node.callee);
  if (/StringDType$|_convert_to_stringdtype_kwargs$/.test(name)) return { kind: 'text', size: 16 };
  const code = node.args[0];
  if (name !== 'numpy.dtype' || typeof code !== 'string') return undefined;
  const state = node.state instanceof PyTuple ? node.state.items : [];
  const [version, order, sub, names, fields, size, , , metadata] = state;
  // Before version 3 the fields stand elsewhere: those of NumPy 0.9.
  if (version !== undefined && (typeof version !== 'number' || version < 3)) return undefined;
  if (sub instanceof PyTuple) {
    const element = elementOf(sub.items[0], level + 1);
    const shape = shapeOf(sub.items[1]);
    if (element === undefined || shape === undefined) return undefined;
    return {
      kind: 'sub',
      element,
      shape,
      size: element.size * shape.reduce((product, length) => product * length, 1),
    };
  }
  if (names instanceof PyTuple) return structOf(names.items, fields, size, level);
  return plainElement(code, order, size, metadata);
}

function structOf(
  names: readonly Node[],
  fields: Node | undefined,
  size: Node | undefined,
  level: number,
): Element | undefined {
  if (typeof size !== 'number' || size < 0 || size > LARGEST_ITEM || fields === undefined) return undefined;
  const list: Field[] = [];
  for (const name of names) {
    const described = typeof name === 'string' ? member(fields, name) : undefined;
    if (!(described instanceof PyTuple)) return undefined;
    const element = elementOf(described.items[0], level + 1);
    const offset = described.items[1];
    if (element === undefined || typeof offset !== 'number' || offset < 0 || offset + element.size > size)
      return undefined;
    if (list.some((field) => field.name === name)) return undefined;
    list.push({ name: name as string, element, offset });
  }
  return { kind: 'struct', size, fields: list };
}

function plainElement(
  code: string,
  order: Node | undefined,
  size: Node | undefined,
  metadata: Node | undefined,
): Element | undefined {
  const match = /^([<>|=]?)([?a-zA-Z])(\d{0,9})(?:\[(\w+)\])?$/.exec(code);
  if (match === null) return undefined;
  const [, prefix, letter, digits] = match;
  const mark = typeof order === 'string' ? order : prefix;
  const swap = mark === '>' ? LITTLE_ENDIAN_HOST : mark === '<' ? !LITTLE_ENDIAN_HOST : false;
  const given = typeof size === 'number' && size >= 0 && size <= LARGEST_ITEM ? size : undefined;
  const count = digits === '' ? 0 : Number(digits);
  switch (letter) {
    case 'O':
      return { kind: 'object', size: 8 };
    case 'U':
      return { kind: 'unicode', size: given ?? count * 4, swap };
    case 'S':
    case 'a':
      return { kind: 'bytes', size: given ?? count, raw: false };
    case 'V':
      return { kind: 'bytes', size: given ?? count, raw: true };
    case '?':
      return { kind: 'fixed', dtype: 'bool', size: 1, swap: false };
    default:
  }
  if (
    (letter === 'f' && (count === 16 || count === 12)) ||
    (letter === 'c' && (count === 32 || count === 24))
  )
    return { kind: 'long-double', complex: letter === 'c', size: count, swap };
  const dtype = FIXED[`${letter}${count}`];
  if (dtype === undefined) return undefined;
  if (dtype !== 'datetime64' && dtype !== 'timedelta64') return { kind: 'fixed', dtype, size: count, swap };
  return { kind: 'fixed', dtype, size: count, swap, unit: unitOf(metadata) ?? match[4] ?? 'generic' };
}

/** `(metadata, (unit, count, …))` of a datetime dtype. */
function unitOf(metadata: Node | undefined): string | undefined {
  const parts = metadata instanceof PyTuple ? metadata.items[1] : undefined;
  if (!(parts instanceof PyTuple)) return undefined;
  const [name, count] = parts.items;
  // Before protocol 3 the bytes are a call of a codec.
  const bytes = typeof name === 'string' || name === undefined ? undefined : bytesOf(name);
  const unit = bytes === undefined ? name : new TextDecoder().decode(bytes);
  if (typeof unit !== 'string' || typeof count !== 'number') return undefined;
  return count === 1 ? unit : `${count}${unit}`;
}

export function shapeOf(node: Node | undefined): readonly number[] | undefined {
  const items = node instanceof PyTuple ? node.items : typeof node === 'number' ? [node] : undefined;
  if (items === undefined || items.length > 64) return undefined;
  if (!items.every((length) => typeof length === 'number' && Number.isSafeInteger(length) && length >= 0))
    return undefined;
  return items as readonly number[];
}

export function wrongArray(at: number, state: string): FormatError {
  return corrupt(at, `read NumPy array at byte ${at}`, state);
}
