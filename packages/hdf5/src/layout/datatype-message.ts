import {
  complexOf,
  complexPair,
  type ElementType,
  type FloatBits,
  floatType,
  integerDType,
  type Member,
  opaqueOrTime,
  type Padding,
} from '../types/element-type.js';
import { dataView } from './file-view.js';

/** The type that a datatype message describes (spec IV.A.2.d); undefined where it is not known here. */
export function parseDatatype(body: Uint8Array): ElementType | undefined {
  try {
    return parseAt({ bytes: body, view: dataView(body), at: 0 }, 0);
  } catch (error) {
    // A message cut short: DataView refuses to read past its end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

interface Cursor {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  at: number;
}

const MOST_DEPTH = 32;
const PADDINGS: readonly Padding[] = ['null-terminated', 'null-padded', 'space-padded'];
export const VERSION_WITHOUT_PADDING = 3;

function parseAt(cursor: Cursor, depth: number): ElementType | undefined {
  const { view } = cursor;
  if (depth > MOST_DEPTH) return undefined;
  const version = view.getUint8(cursor.at) >> 4;
  const kind = view.getUint8(cursor.at) & 15;
  const bits = view.getUint16(cursor.at + 1, true) | (view.getUint8(cursor.at + 3) << 16);
  const size = view.getUint32(cursor.at + 4, true);
  cursor.at += 8;
  const littleEndian = (bits & 1) === 0;
  switch (kind) {
    case 0:
    case 4: {
      const offset = view.getUint16(cursor.at, true);
      const precision = view.getUint16(cursor.at + 2, true);
      cursor.at += 4;
      const dtype = integerDType(size, kind === 0 && (bits & 8) !== 0);
      if (dtype === undefined || precision === 0 || offset + precision > size * 8) return undefined;
      if (precision === size * 8) return { kind: 'number', dtype, size, littleEndian };
      return { kind: 'bits', dtype, size, littleEndian, offset, precision };
    }
    case 1:
      return parseFloat(cursor, bits, size);
    case 3: {
      const padding = PADDINGS[bits & 15];
      return padding === undefined
        ? undefined
        : { kind: 'string', size, padding, utf8: ((bits >> 4) & 15) === 1 };
    }
    case 5: {
      const length = bits & 0xff;
      const tag = latin1(cursor.bytes.subarray(cursor.at, cursor.at + length));
      cursor.at += length;
      return opaqueOrTime(size, tag);
    }
    case 6:
      return parseCompound(cursor, bits & 0xffff, size, version, depth);
    case 7:
      return (bits & 15) > 1 || size !== ((bits & 15) === 0 ? 8 : 12)
        ? undefined
        : { kind: (bits & 15) === 0 ? 'reference' : 'region', size };
    case 8:
      return parseEnum(cursor, bits & 0xffff, version, depth);
    case 9: {
      const item = parseAt(cursor, depth + 1);
      if ((bits & 15) === 1) return { kind: 'vlen-string', size, utf8: ((bits >> 8) & 15) === 1 };
      return item === undefined ? undefined : { kind: 'vlen', size, item };
    }
    case 10: {
      const rank = view.getUint8(cursor.at);
      const padded = version < VERSION_WITHOUT_PADDING;
      cursor.at += padded ? 4 : 1;
      const shape = Array.from({ length: rank }, (_, i) => view.getUint32(cursor.at + 4 * i, true));
      cursor.at += 4 * rank * (padded ? 2 : 1);
      const item = parseAt(cursor, depth + 1);
      return item === undefined ? undefined : { kind: 'array', size, item, shape };
    }
    case 11: {
      const item = parseAt(cursor, depth + 1);
      return item === undefined ? undefined : complexPair(item, item, size, true);
    }
    default:
      return undefined;
  }
}

function parseFloat(cursor: Cursor, bits: number, size: number): ElementType | undefined {
  const { view, at } = cursor;
  cursor.at += 12;
  const vax = (bits & 0x40) !== 0;
  const normalization = (bits >> 4) & 3;
  if (vax || view.getUint16(at, true) !== 0 || size > 32) return undefined;
  const layout = {
    sign: (bits >> 8) & 0xff,
    exponentAt: view.getUint8(at + 4),
    exponentSize: view.getUint8(at + 5),
    mantissaAt: view.getUint8(at + 6),
    mantissaSize: view.getUint8(at + 7),
    bias: view.getUint32(at + 8, true),
    implied: normalization === 2,
  };
  return fits(layout, size * 8) ? floatType(size, layout, (bits & 1) === 0) : undefined;
}

/** Whether the parts lie in the element, and the exponent is one that a number can hold. */
function fits(layout: FloatBits, width: number): boolean {
  const { sign, exponentAt, exponentSize, mantissaAt, mantissaSize, bias } = layout;
  return (
    sign < width &&
    exponentAt + exponentSize <= width &&
    mantissaAt + mantissaSize <= width &&
    mantissaSize > 0 &&
    exponentSize > 0 &&
    exponentSize <= WIDEST_EXPONENT &&
    bias <= 2 ** exponentSize
  );
}

const WIDEST_EXPONENT = 30;

function parseCompound(
  cursor: Cursor,
  count: number,
  size: number,
  version: number,
  depth: number,
): ElementType | undefined {
  const { view } = cursor;
  const members: Member[] = [];
  for (let i = 0; i < count; i++) {
    const name = readName(cursor, version < VERSION_WITHOUT_PADDING);
    let offset: number;
    let shape: number[] = [];
    if (version >= VERSION_WITHOUT_PADDING) {
      const bytes = offsetBytes(size);
      offset = 0;
      for (let byte = 0; byte < bytes; byte++) offset += view.getUint8(cursor.at + byte) * 2 ** (8 * byte);
      cursor.at += bytes;
    } else {
      offset = view.getUint32(cursor.at, true);
      cursor.at += 4;
      if (version === 1) {
        const rank = view.getUint8(cursor.at);
        shape = Array.from({ length: Math.min(rank, 4) }, (_, axis) =>
          view.getUint32(cursor.at + 12 + 4 * axis, true),
        );
        cursor.at += 28;
      }
    }
    const type = parseAt(cursor, depth + 1);
    if (type === undefined) return undefined;
    const items = shape.reduce((product, length) => product * length, 1);
    const held: ElementType =
      shape.length === 0 ? type : { kind: 'array', size: type.size * items, item: type, shape };
    if (offset + held.size > size) return undefined;
    members.push({ name, offset, type: held });
  }
  return complexOf(members, size) ?? { kind: 'compound', size, members };
}

/** Bytes of a member's offset in version 3: as few as the compound's size needs. */
export function offsetBytes(size: number): number {
  return size < 2 ** 8 ? 1 : size < 2 ** 16 ? 2 : size < 2 ** 24 ? 3 : 4;
}

function parseEnum(cursor: Cursor, count: number, version: number, depth: number): ElementType | undefined {
  const base = parseAt(cursor, depth + 1);
  if (base?.kind !== 'number' || base.dtype.startsWith('float')) return undefined;
  const names = Array.from({ length: count }, () => readName(cursor, version < VERSION_WITHOUT_PADDING));
  const members = names.map((name): [string, bigint] => [
    name,
    readInteger(cursor, base.size, base.littleEndian, !base.dtype.startsWith('u')),
  ]);
  return enumType(base, members);
}

export function enumType(
  base: ElementType & { readonly kind: 'number' },
  members: readonly (readonly [string, bigint])[],
): ElementType {
  const value = (name: string): bigint | undefined => members.find((member) => member[0] === name)?.[1];
  if (members.length === 2 && value('FALSE') === 0n && value('TRUE') === 1n) {
    return { kind: 'bool', size: base.size, littleEndian: base.littleEndian };
  }
  return { kind: 'enum', dtype: base.dtype, size: base.size, littleEndian: base.littleEndian, members };
}

function readInteger(cursor: Cursor, size: number, littleEndian: boolean, signed: boolean): bigint {
  let value = 0n;
  for (let i = 0; i < size; i++) {
    const byte = cursor.view.getUint8(cursor.at + (littleEndian ? size - 1 - i : i));
    value = (value << 8n) | BigInt(byte);
  }
  cursor.at += size;
  return signed ? BigInt.asIntN(size * 8, value) : value;
}

function readName(cursor: Cursor, padded: boolean): string {
  const end = cursor.bytes.indexOf(0, cursor.at);
  if (end < 0) throw new RangeError('name without an end');
  const name = new TextDecoder().decode(cursor.bytes.subarray(cursor.at, end));
  const length = end + 1 - cursor.at;
  cursor.at += padded ? Math.ceil(length / 8) * 8 : length;
  return name;
}

function latin1(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
