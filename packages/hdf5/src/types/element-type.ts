import type { DType } from '@formatlab/core';

/** Integers and floats that have a typed array of their own. */
export type NumberDType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64';

/**
 * The type of one element as it lies in bytes: those of the file, or those that the library hands out. Variable
 * lengths take 16 bytes in the file, 4 (strings) and 8 (sequences) in the library's memory.
 */
export type ElementType =
  | {
      readonly kind: 'number';
      readonly dtype: NumberDType;
      readonly size: number;
      readonly littleEndian: boolean;
    }
  /** An integer that does not fill its bytes. */
  | {
      readonly kind: 'bits';
      readonly dtype: NumberDType;
      readonly size: number;
      readonly littleEndian: boolean;
      readonly offset: number;
      readonly precision: number;
    }
  /** A float without a dtype of its own, such as x87's long double. */
  | {
      readonly kind: 'float';
      readonly size: number;
      readonly littleEndian: boolean;
      readonly bits: FloatBits;
    }
  /** h5py's boolean: an enumeration of FALSE = 0 and TRUE = 1. */
  | { readonly kind: 'bool'; readonly size: number; readonly littleEndian: boolean }
  | {
      readonly kind: 'enum';
      readonly dtype: NumberDType;
      readonly size: number;
      readonly littleEndian: boolean;
      readonly members: readonly (readonly [name: string, value: bigint])[];
    }
  | {
      readonly kind: 'complex';
      readonly dtype: 'complex64' | 'complex128';
      readonly size: number;
      readonly littleEndian: boolean;
    }
  | { readonly kind: 'string'; readonly size: number; readonly padding: Padding; readonly utf8: boolean }
  | { readonly kind: 'vlen-string'; readonly size: number; readonly utf8: boolean }
  | { readonly kind: 'opaque'; readonly size: number; readonly tag: string }
  /** What h5py makes of NumPy's datetime64 and timedelta64: opaque with a tag. */
  | {
      readonly kind: 'time';
      readonly dtype: 'datetime64' | 'timedelta64';
      readonly unit: string;
      readonly size: number;
      readonly littleEndian: boolean;
    }
  | { readonly kind: 'reference'; readonly size: number }
  | { readonly kind: 'region'; readonly size: number }
  | { readonly kind: 'vlen'; readonly size: number; readonly item: ElementType }
  | {
      readonly kind: 'array';
      readonly size: number;
      readonly item: ElementType;
      readonly shape: readonly number[];
    }
  | { readonly kind: 'compound'; readonly size: number; readonly members: readonly Member[] };

export interface Member {
  readonly name: string;
  readonly offset: number;
  readonly type: ElementType;
}

export type Padding = 'null-terminated' | 'null-padded' | 'space-padded';

/** Where the parts of a float lie, counted in bits from the least significant one. */
export interface FloatBits {
  readonly sign: number;
  readonly exponentAt: number;
  readonly exponentSize: number;
  readonly mantissaAt: number;
  readonly mantissaSize: number;
  readonly bias: number;
  /** Whether the leading one is not stored. */
  readonly implied: boolean;
}

/** The dtype that holds such elements in an array; `object` where each is a value of its own. */
export function dtypeOf(type: ElementType): DType {
  switch (type.kind) {
    case 'number':
    case 'bits':
    case 'enum':
    case 'complex':
    case 'time':
      return type.dtype;
    case 'float':
      return 'float64';
    case 'bool':
      return 'bool';
    case 'string':
    case 'vlen-string':
      return 'string';
    case 'opaque':
      return 'bytes';
    case 'vlen':
      return isByte(type.item) ? 'bytes' : 'object';
    case 'array':
      return dtypeOf(type.item);
    case 'reference':
    case 'region':
    case 'compound':
      return 'object';
  }
}

/** Variable lengths of uint8 are byte strings. */
export function isByte(type: ElementType): boolean {
  return type.kind === 'number' && type.dtype === 'uint8';
}

/** Whether elements point to data elsewhere. */
export function hasVariableLength(type: ElementType): boolean {
  switch (type.kind) {
    case 'vlen':
    case 'vlen-string':
      return true;
    case 'array':
      return hasVariableLength(type.item);
    case 'compound':
      return type.members.some((member) => hasVariableLength(member.type));
    default:
      return false;
  }
}

/** Whether the bytes of such elements are those of the dtype's typed array on a little-endian machine. */
export function isNative(type: ElementType): boolean {
  switch (type.kind) {
    case 'number':
    case 'enum':
    case 'complex':
    case 'time':
      return type.littleEndian || type.size === 1;
    case 'bool':
      return type.size === 1;
    default:
      return false;
  }
}

/** In words, for messages. */
export function nameOfType(type: ElementType): string {
  switch (type.kind) {
    case 'number':
    case 'complex':
      return type.dtype;
    case 'bits':
      return `${type.dtype} of ${type.precision} bits`;
    case 'time':
      return `${type.dtype}[${type.unit}]`;
    case 'enum':
      return `enum of ${type.dtype}`;
    case 'float':
      return `float${type.size * 8}`;
    case 'string':
      return `string of ${type.size} bytes`;
    case 'vlen-string':
      return 'string';
    case 'vlen':
      return `sequence of ${nameOfType(type.item)}`;
    case 'array':
      return `[${type.shape}] of ${nameOfType(type.item)}`;
    default:
      return type.kind;
  }
}

const INTEGERS: Readonly<Record<number, readonly [signed: NumberDType, unsigned: NumberDType]>> = {
  1: ['int8', 'uint8'],
  2: ['int16', 'uint16'],
  4: ['int32', 'uint32'],
  8: ['int64', 'uint64'],
};

/** The dtype of an integer that fills its bytes. */
export function integerDType(size: number, signed: boolean): NumberDType | undefined {
  return INTEGERS[size]?.[signed ? 0 : 1];
}

/** IEEE 754 binary16, binary32 and binary64, and x87's 80-bit format in 10 to 16 bytes. */
export const FLOAT_BITS = {
  half: {
    sign: 15,
    exponentAt: 10,
    exponentSize: 5,
    mantissaAt: 0,
    mantissaSize: 10,
    bias: 15,
    implied: true,
  },
  single: {
    sign: 31,
    exponentAt: 23,
    exponentSize: 8,
    mantissaAt: 0,
    mantissaSize: 23,
    bias: 127,
    implied: true,
  },
  double: {
    sign: 63,
    exponentAt: 52,
    exponentSize: 11,
    mantissaAt: 0,
    mantissaSize: 52,
    bias: 1023,
    implied: true,
  },
  extended: {
    sign: 79,
    exponentAt: 64,
    exponentSize: 15,
    mantissaAt: 0,
    mantissaSize: 64,
    bias: 16383,
    implied: false,
  },
} as const satisfies Record<string, FloatBits>;

const STANDARD: readonly { readonly size: number; readonly dtype: NumberDType; readonly bits: FloatBits }[] =
  [
    { size: 2, dtype: 'float16', bits: FLOAT_BITS.half },
    { size: 4, dtype: 'float32', bits: FLOAT_BITS.single },
    { size: 8, dtype: 'float64', bits: FLOAT_BITS.double },
  ];

/** A float of these bits: a number where it is an IEEE format with a dtype. */
export function floatType(size: number, bits: FloatBits, littleEndian: boolean): ElementType {
  const same = (one: FloatBits): boolean =>
    Object.entries(one).every(([name, value]) => bits[name as keyof FloatBits] === value);
  const standard = STANDARD.find((candidate) => candidate.size === size && same(candidate.bits));
  if (standard !== undefined) return { kind: 'number', dtype: standard.dtype, size, littleEndian };
  return { kind: 'float', size, littleEndian, bits };
}

/** h5py's and netCDF's complex: a compound of two floats of one type, `r` and `i`. */
export function complexOf(members: readonly Member[], size: number): ElementType | undefined {
  const [real, imaginary] = members;
  if (members.length !== 2 || real?.name !== 'r' || imaginary?.name !== 'i') return undefined;
  return complexPair(real.type, imaginary.type, size, real.offset === 0 && imaginary.offset === size / 2);
}

export function complexPair(
  real: ElementType,
  imaginary: ElementType,
  size: number,
  adjacent: boolean,
): ElementType | undefined {
  if (!adjacent || real.kind !== 'number' || imaginary.kind !== 'number' || real.dtype !== imaginary.dtype)
    return undefined;
  if (real.littleEndian !== imaginary.littleEndian || size !== 2 * real.size) return undefined;
  const { littleEndian } = real;
  if (real.dtype === 'float32') return { kind: 'complex', dtype: 'complex64', size, littleEndian };
  if (real.dtype === 'float64') return { kind: 'complex', dtype: 'complex128', size, littleEndian };
  return undefined;
}

/** h5py's tag of opaque times: `NUMPY:<M8[ns]`. */
const TIME_TAG = /^NUMPY:([<>=|])([Mm])8(?:\[(\w+)\])?$/;

export function opaqueOrTime(size: number, tag: string): ElementType {
  const match = size === 8 ? TIME_TAG.exec(tag) : null;
  if (match === null) return { kind: 'opaque', size, tag };
  const dtype = match[2] === 'M' ? 'datetime64' : 'timedelta64';
  return { kind: 'time', dtype, unit: match[3] ?? 'generic', size, littleEndian: match[1] !== '>' };
}

export function timeTag(dtype: 'datetime64' | 'timedelta64', unit: string): string {
  const letter = dtype === 'datetime64' ? 'M' : 'm';
  return `NUMPY:<${letter}8${unit === 'generic' ? '' : `[${unit}]`}`;
}
