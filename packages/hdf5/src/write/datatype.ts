import { FLOAT_BITS, type FloatBits, type NumberDType, timeTag } from '../types/element-type.js';
import { ByteList } from './byte-list.js';

/** A datatype message (spec IV.A.2.d) and the size of one element in the file. */
export interface Datatype {
  readonly message: Uint8Array;
  readonly size: number;
}

const CLASS = {
  integer: 0,
  float: 1,
  string: 3,
  opaque: 5,
  compound: 6,
  reference: 7,
  enumeration: 8,
  vlen: 9,
  array: 10,
} as const;
const VERSION_1 = 1;
/** Without padding of names, and with offsets as short as the size allows. */
const VERSION_3 = 3;
const SIGNED = 8;
/** Mantissa normalization: the leading one is implied. */
const IMPLIED_ONE = 0x20;
const UTF8 = 1;
const NULL_PADDED = 1;
/** Length, address of the heap collection, index in it. */
export const VLEN_BYTES = 16;

const INTEGERS: Readonly<Partial<Record<NumberDType, readonly [size: number, signed: boolean]>>> = {
  int8: [1, true],
  int16: [2, true],
  int32: [4, true],
  int64: [8, true],
  uint8: [1, false],
  uint16: [2, false],
  uint32: [4, false],
  uint64: [8, false],
};
const FLOATS: Readonly<Partial<Record<NumberDType, readonly [size: number, bits: FloatBits]>>> = {
  float16: [2, FLOAT_BITS.half],
  float32: [4, FLOAT_BITS.single],
  float64: [8, FLOAT_BITS.double],
};

/** Little-endian integers and IEEE floats. */
export function numberType(dtype: NumberDType): Datatype {
  const integer = INTEGERS[dtype];
  if (integer !== undefined) {
    const [size, signed] = integer;
    return made(
      start(CLASS.integer, VERSION_1, signed ? SIGNED : 0, size)
        .u16(0)
        .u16(size * 8),
      size,
    );
  }
  const [size, bits] = FLOATS[dtype]!;
  const list = start(CLASS.float, VERSION_1, IMPLIED_ONE | (bits.sign << 8), size);
  list
    .u16(0)
    .u16(size * 8)
    .u8(bits.exponentAt, bits.exponentSize, bits.mantissaAt, bits.mantissaSize)
    .u32(bits.bias);
  return made(list, size);
}

/** h5py's boolean: an enumeration of int8. */
export function boolType(): Datatype {
  const list = start(CLASS.enumeration, VERSION_3, 2, 1)
    .bytes(numberType('int8').message)
    .text('FALSE\0TRUE\0')
    .u8(0, 1);
  return made(list, 1);
}

/** h5py's complex: `r` and `i`. */
export function complexType(dtype: 'complex64' | 'complex128'): Datatype {
  const part = numberType(dtype === 'complex64' ? 'float32' : 'float64');
  return compoundType([
    { name: 'r', type: part },
    { name: 'i', type: part },
  ]);
}

/** h5py's opaque type for NumPy's times. */
export function timeType(dtype: 'datetime64' | 'timedelta64', unit: string): Datatype {
  return opaqueType(8, timeTag(dtype, unit));
}

export function opaqueType(size: number, tag: string): Datatype {
  const text = new TextEncoder().encode(tag);
  const padded = new Uint8Array(Math.ceil((text.byteLength + 1) / 8) * 8);
  padded.set(text);
  return made(start(CLASS.opaque, VERSION_1, padded.byteLength, size).bytes(padded), size);
}

/** Text of variable length, UTF-8. */
export function textType(): Datatype {
  return made(
    start(CLASS.vlen, VERSION_1, 1 | (UTF8 << 8), VLEN_BYTES).bytes(numberType('uint8').message),
    VLEN_BYTES,
  );
}

/** MATLAB wants its attributes in ASCII: text is UTF-8 only where it has to be. */
export function fixedTextType(size: number, ascii: boolean): Datatype {
  return made(start(CLASS.string, VERSION_1, NULL_PADDED | (ascii ? 0 : UTF8 << 4), size), size);
}

/** The address of an object. */
export function referenceType(): Datatype {
  return made(start(CLASS.reference, VERSION_1, 0, REFERENCE_BYTES), REFERENCE_BYTES);
}

export const REFERENCE_BYTES = 8;

/** Bytes of variable length. */
export function byteStringType(): Datatype {
  return made(start(CLASS.vlen, VERSION_1, 0, VLEN_BYTES).bytes(numberType('uint8').message), VLEN_BYTES);
}

export interface CompoundMember {
  readonly name: string;
  readonly type: Datatype;
}

/** Members side by side, without gaps. */
export function compoundType(members: readonly CompoundMember[]): Datatype {
  const size = members.reduce((sum, member) => sum + member.type.size, 0);
  const list = start(CLASS.compound, VERSION_3, members.length, size);
  const offsetBytes = Math.floor(Math.log2(Math.max(1, size)) / 8) + 1;
  let offset = 0;
  for (const { name, type } of members) {
    list.text(`${name}\0`);
    for (let i = 0, rest = offset; i < offsetBytes; i++, rest = Math.floor(rest / 256)) list.u8(rest & 0xff);
    list.bytes(type.message);
    offset += type.size;
  }
  return made(list, size);
}

export function arrayType(item: Datatype, shape: readonly number[]): Datatype {
  const size = shape.reduce((product, length) => product * length, item.size);
  const list = start(CLASS.array, VERSION_3, 0, size).u8(shape.length);
  for (const length of shape) list.u32(length);
  return made(list.bytes(item.message), size);
}

function start(kind: number, version: number, bits: number, size: number): ByteList {
  return new ByteList()
    .u8((version << 4) | kind, bits & 0xff, (bits >> 8) & 0xff, (bits >> 16) & 0xff)
    .u32(size);
}

function made(list: ByteList, size: number): Datatype {
  return { message: list.finish(), size };
}
