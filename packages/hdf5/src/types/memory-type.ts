import { enumType } from '../layout/datatype-message.js';
import { CLASS, type TypeMetadata } from '../library/module.js';
import {
  complexOf,
  complexPair,
  type ElementType,
  FLOAT_BITS,
  floatType,
  integerDType,
  type Member,
  opaqueOrTime,
  type Padding,
} from './element-type.js';

/** The type of elements in the library's memory, and whether its byte order has to be left alone. */
export interface MemoryType {
  readonly type: ElementType;
  /**
   * The library swaps a type whose numbers are all big-endian; with an enumeration among them it fails instead
   * (H5Tset_order), unless its errors are silenced, and hands out the bytes as they are.
   */
  readonly silence: boolean;
}

/**
 * The type that the library hands out for what it describes. `file` is the type in the file where it is known:
 * tags of opaque types, values of enumerations and the bits of floats are only there.
 */
export function memoryTypeOf(metadata: TypeMetadata, file: ElementType | undefined): MemoryType | undefined {
  const orders = { big: false, little: false, enumerated: false };
  collectOrders(metadata, orders);
  const allBig = orders.big && !orders.little;
  if (allBig && orders.enumerated && metadata.type === CLASS.compound) return undefined;
  const silence = allBig && orders.enumerated;
  const type = build(metadata, file, allBig && !silence);
  return type === undefined ? undefined : { type, silence };
}

interface Orders {
  big: boolean;
  little: boolean;
  enumerated: boolean;
}

function collectOrders(metadata: TypeMetadata, orders: Orders): void {
  switch (metadata.type) {
    case CLASS.enum:
      orders.enumerated = true;
      addOrder(metadata, orders);
      return;
    case CLASS.integer:
    case CLASS.float:
    case CLASS.bitfield:
    case CLASS.complex:
      addOrder(metadata, orders);
      return;
    case CLASS.compound:
      for (const member of metadata.compound_type?.members ?? []) collectOrders(member, orders);
      return;
    case CLASS.array:
      if (metadata.array_type !== undefined) collectOrders(metadata.array_type, orders);
      return;
    case CLASS.vlen:
      if (metadata.vlen_type !== undefined) collectOrders(metadata.vlen_type, orders);
  }
}

function addOrder({ littleEndian }: TypeMetadata, orders: Orders): void {
  if (littleEndian) orders.little = true;
  else orders.big = true;
}

const PADDINGS: readonly Padding[] = ['null-terminated', 'null-padded', 'space-padded'];

function build(
  metadata: TypeMetadata,
  file: ElementType | undefined,
  swapped: boolean,
): ElementType | undefined {
  const { size } = metadata;
  const littleEndian = metadata.littleEndian || swapped;
  switch (metadata.type) {
    case CLASS.integer:
    case CLASS.bitfield: {
      if (file?.kind === 'bits' && file.size === size) return { ...file, littleEndian };
      const dtype = integerDType(size, metadata.type === CLASS.integer && metadata.signed);
      return dtype === undefined ? undefined : { kind: 'number', dtype, size, littleEndian };
    }
    case CLASS.float:
      return buildFloat(size, file, littleEndian);
    case CLASS.string:
      if (metadata.vlen) return { kind: 'vlen-string', size, utf8: metadata.cset === 1 };
      return {
        kind: 'string',
        size,
        padding: PADDINGS[metadata.strpad ?? 0] ?? 'null-terminated',
        utf8: metadata.cset === 1,
      };
    case CLASS.opaque:
      return file?.kind === 'opaque' || file?.kind === 'time' ? file : opaqueOrTime(size, '');
    case CLASS.compound:
      return buildCompound(metadata, file, swapped);
    case CLASS.reference:
      return { kind: metadata.ref_type === 'object' ? 'reference' : 'region', size };
    case CLASS.enum: {
      if (file?.kind === 'bool') return { kind: 'bool', size, littleEndian };
      if (file?.kind === 'enum') return { ...file, littleEndian };
      const dtype = integerDType(size, metadata.signed);
      if (dtype === undefined) return undefined;
      const members = Object.entries(metadata.enum_type?.members ?? {});
      return enumType(
        { kind: 'number', dtype, size, littleEndian },
        members.map(([name, value]) => [name, BigInt(value)]),
      );
    }
    case CLASS.vlen: {
      const item =
        metadata.vlen_type === undefined
          ? undefined
          : build(metadata.vlen_type, file?.kind === 'vlen' ? file.item : undefined, swapped);
      return item === undefined ? undefined : { kind: 'vlen', size, item };
    }
    case CLASS.array: {
      const inner = metadata.array_type;
      const item =
        inner === undefined
          ? undefined
          : build(inner, file?.kind === 'array' ? file.item : undefined, swapped);
      return item === undefined ? undefined : { kind: 'array', size, item, shape: inner!.shape };
    }
    case CLASS.complex: {
      const part = buildFloat(size / 2, undefined, littleEndian);
      return part === undefined ? undefined : complexPair(part, part, size, true);
    }
    default:
      return undefined;
  }
}

function buildFloat(
  size: number,
  file: ElementType | undefined,
  littleEndian: boolean,
): ElementType | undefined {
  if ((file?.kind === 'number' || file?.kind === 'float') && file.size === size)
    return { ...file, littleEndian };
  const bits =
    size === 2
      ? FLOAT_BITS.half
      : size === 4
        ? FLOAT_BITS.single
        : size === 8
          ? FLOAT_BITS.double
          : undefined;
  if (bits !== undefined) return floatType(size, bits, littleEndian);
  // Attributes do not show their bits: C's long double on x86 is the only one in use.
  return size === 12 || size === 16 ? floatType(size, FLOAT_BITS.extended, littleEndian) : undefined;
}

function buildCompound(
  metadata: TypeMetadata,
  file: ElementType | undefined,
  swapped: boolean,
): ElementType | undefined {
  const members: Member[] = [];
  for (const [index, member] of (metadata.compound_type?.members ?? []).entries()) {
    const inFile = file?.kind === 'compound' ? file.members[index]?.type : undefined;
    const type = build(member, inFile, swapped);
    if (type === undefined) return undefined;
    members.push({ name: member.name, offset: member.offset, type });
  }
  return complexOf(members, metadata.size) ?? { kind: 'compound', size: metadata.size, members };
}
