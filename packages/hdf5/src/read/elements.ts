import {
  allocateData,
  type ColumnType,
  type DataOf,
  type DType,
  type Loss,
  NDArray,
  newRecord,
  scalarType,
  sizeOfShape,
  type Value,
  viewData,
} from '@formatlab/core';
import { dtypeOf, type ElementType, isByte, isNative, nameOfType } from '../types/element-type.js';
import { readOddFloats } from './floats.js';
import { decodeText } from './text.js';

/** Where elements of variable length point to, and what references mean. */
export interface ElementContext {
  /** Text of variable length whose element stands at `at`. */
  textBytes(bytes: Uint8Array, at: number): Uint8Array;
  /** The items of variable number whose element stands at `at`. */
  sequence(
    bytes: Uint8Array,
    at: number,
    itemSize: number,
  ): { readonly bytes: Uint8Array; readonly count: number };
  reference(bytes: Uint8Array, isObject: boolean): Value;
  loss(loss: Loss): void;
}

/** A run of elements: their bytes, where the first one starts, and how far apart they are. */
export interface Run {
  readonly bytes: Uint8Array;
  readonly count: number;
  readonly at: number;
  readonly stride: number;
}

/** Elements as the parts of an array; `inner` is the shape that each one has of itself. */
export interface Decoded {
  readonly dtype: DType;
  readonly data: DataOf<DType>;
  readonly inner: readonly number[];
  readonly unit: string | undefined;
}

/** Turns bytes of elements into data of arrays. `path` is for messages and losses. */
export class ElementDecoder {
  readonly #context: ElementContext;
  readonly #path: string;

  constructor(context: ElementContext, path: string) {
    this.#context = context;
    this.#path = path;
  }

  /** The elements of a run. `owned`: nobody else keeps the bytes, so that a view of them will do. */
  decode(type: ElementType, run: Run, owned = false): Decoded {
    if (type.kind === 'array') {
      const packed = gather(run, type.size);
      const count = sizeOfShape(type.shape);
      const stride = type.item.size;
      const items = this.decode(
        type.item,
        { bytes: packed.bytes, at: packed.at, count: run.count * count, stride },
        owned || packed.copied,
      );
      return { ...items, inner: [...type.shape, ...items.inner] };
    }
    const unit = type.kind === 'time' ? type.unit : undefined;
    return { dtype: dtypeOf(type), data: this.#data(type, run, owned), inner: [], unit };
  }

  /** One element as a value: a number, text, a list for a sequence, a record for a compound. */
  value(type: ElementType, bytes: Uint8Array, at: number): Value {
    switch (type.kind) {
      case 'compound': {
        const record = newRecord();
        for (const member of type.members)
          record[member.name] = this.value(member.type, bytes, at + member.offset);
        return record;
      }
      case 'vlen':
        if (!isByte(type.item))
          return this.#listOf(type.item, this.#context.sequence(bytes, at, type.item.size));
        break;
      case 'array': {
        const count = sizeOfShape(type.shape);
        const flat = this.#listOf(type.item, { bytes: bytes.subarray(at, at + type.size), count });
        return nest(flat, type.shape);
      }
    }
    const { dtype, data, unit } = this.decode(type, { bytes, at, count: 1, stride: type.size });
    return plain(new NDArray({ dtype, shape: [], data, unit }));
  }

  #listOf(
    item: ElementType,
    { bytes, count }: { readonly bytes: Uint8Array; readonly count: number },
  ): Value[] {
    return Array.from({ length: count }, (_, i) => this.value(item, bytes, i * item.size));
  }

  #data(type: ElementType, run: Run, owned: boolean): DataOf<DType> {
    if (isNative(type)) return this.#native(type, run, owned);
    switch (type.kind) {
      case 'number':
      case 'enum':
      case 'time':
      case 'complex':
        return this.#swapped(type, run);
      case 'bits':
        return readBits(type, run);
      case 'bool':
        return this.#wideBooleans(type, run);
      case 'float': {
        const { data, rounded } = readOddFloats(run.bytes, type, run.count, run.at, run.stride);
        const to = 'float64';
        this.#context.loss({ path: this.#path, kind: 'dtype', from: nameOfType(type), to, count: run.count });
        if (rounded > 0)
          this.#context.loss({
            path: this.#path,
            kind: 'precision',
            from: nameOfType(type),
            to,
            count: rounded,
          });
        return data;
      }
      default:
        return this.#objects(type, run);
    }
  }

  #native(type: ElementType, run: Run, owned: boolean): DataOf<DType> {
    const packed = gather(run, type.size);
    const length = run.count * type.size;
    const bytes = packed.bytes.subarray(packed.at, packed.at + length);
    const data = viewData(dtypeOf(type), packed.copied || owned ? bytes : bytes.slice(), run.count);
    return type.kind === 'bool' ? normalBooleans(data as Uint8Array) : data;
  }

  #swapped(type: ElementType, run: Run): DataOf<DType> {
    const dtype = dtypeOf(type);
    const width = type.kind === 'complex' ? type.size / 2 : type.size;
    const { bytes, at } = gather(run, type.size);
    const swapped = bytes.slice(at, at + run.count * type.size);
    for (let start = 0; start < swapped.byteLength; start += width)
      swapped.subarray(start, start + width).reverse();
    return viewData(dtype, swapped, run.count);
  }

  #wideBooleans(type: ElementType, run: Run): DataOf<'bool'> {
    return Uint8Array.from({ length: run.count }, (_, i) => {
      const start = run.at + i * run.stride;
      return run.bytes.subarray(start, start + type.size).some((byte) => byte !== 0) ? 1 : 0;
    });
  }

  #objects(type: ElementType, run: Run): DataOf<DType> {
    const out = allocateData(dtypeOf(type), run.count) as unknown as unknown[];
    for (let i = 0; i < run.count; i++) out[i] = this.#object(type, run.bytes, run.at + i * run.stride);
    return out as unknown as DataOf<DType>;
  }

  #object(type: ElementType, bytes: Uint8Array, at: number): unknown {
    switch (type.kind) {
      case 'string':
        return decodeText(
          trim(bytes.subarray(at, at + type.size), type.padding),
          this.#path,
          this.#context.loss,
        );
      case 'vlen-string':
        return decodeText(this.#context.textBytes(bytes, at), this.#path, this.#context.loss);
      case 'opaque':
        return bytes.slice(at, at + type.size);
      case 'reference':
      case 'region':
        return this.#context.reference(bytes.slice(at, at + type.size), type.kind === 'reference');
      case 'vlen': {
        const { bytes: items, count } = this.#context.sequence(bytes, at, type.item.size);
        if (isByte(type.item)) return items.slice();
        if (dtypeOf(type.item) === 'object') return this.value(type, bytes, at);
        const { dtype, data, inner, unit } = this.decode(type.item, {
          bytes: items,
          at: 0,
          count,
          stride: type.item.size,
        });
        return new NDArray({ dtype, shape: [count, ...inner], data, unit });
      }
      default:
        return this.value(type, bytes, at);
    }
  }
}

/** The type of a table's column for a member of a compound. */
export function columnTypeOf(type: ElementType): ColumnType {
  switch (type.kind) {
    case 'vlen':
      if (isByte(type.item)) break;
      return { kind: 'list', item: columnTypeOf(type.item), nullable: false };
    case 'array': {
      const item = columnTypeOf(type.item);
      return item.kind === 'scalar' ? item : { kind: 'list', item, nullable: false };
    }
    case 'compound':
      return {
        kind: 'struct',
        fields: type.members.map((member) => ({ name: member.name, type: columnTypeOf(member.type) })),
        nullable: false,
      };
  }
  return scalarType(dtypeOf(type), type.kind === 'time' ? { unit: type.unit } : {});
}

/** A number, bigint, text or boolean for a 0-d array that has one; else the array. */
export function plain(array: NDArray): Value {
  switch (array.dtype) {
    case 'float64':
    case 'int64':
    case 'string':
    case 'bytes':
    case 'object':
      return array.data[0] as Value;
    case 'bool':
      return array.data[0] !== 0;
    default:
      return array;
  }
}

function nest(flat: readonly Value[], shape: readonly number[]): Value[] {
  const [, ...inner] = shape;
  if (inner.length === 0) return [...flat];
  const size = sizeOfShape(inner);
  return Array.from({ length: shape[0]! }, (_, i) => nest(flat.slice(i * size, (i + 1) * size), inner));
}

/** Elements side by side: the run itself where they already are. */
function gather(run: Run, size: number): { bytes: Uint8Array; at: number; copied: boolean } {
  if (run.stride === size) return { bytes: run.bytes, at: run.at, copied: false };
  const bytes = new Uint8Array(run.count * size);
  for (let i = 0; i < run.count; i++) {
    const from = run.at + i * run.stride;
    for (let b = 0; b < size; b++) bytes[i * size + b] = run.bytes[from + b]!;
  }
  return { bytes, at: 0, copied: true };
}

/** Integers cut out of their bytes, with the sign of their highest bit. */
function readBits(
  type: ElementType & { readonly kind: 'bits' },
  { bytes, count, at, stride }: Run,
): DataOf<DType> {
  // Every integer dtype has a typed array of numbers or bigints.
  const out = allocateData(type.dtype, count) as unknown as { [index: number]: number | bigint };
  const wide = type.dtype.endsWith('64');
  const cut = type.dtype.startsWith('u') ? BigInt.asUintN : BigInt.asIntN;
  for (let i = 0; i < count; i++) {
    let word = 0n;
    for (let b = 0; b < type.size; b++) {
      const byte = at + i * stride + (type.littleEndian ? type.size - 1 - b : b);
      word = (word << 8n) | BigInt(bytes[byte]!);
    }
    const value = cut(type.precision, word >> BigInt(type.offset));
    out[i] = wide ? value : Number(value);
  }
  return out as unknown as DataOf<DType>;
}

/** Other producers write any byte for true. */
function normalBooleans(data: Uint8Array): Uint8Array {
  return data.some((byte) => byte > 1) ? data.map((byte) => (byte === 0 ? 0 : 1)) : data;
}

function trim(bytes: Uint8Array, padding: 'null-terminated' | 'null-padded' | 'space-padded'): Uint8Array {
  if (padding === 'null-terminated') {
    const end = bytes.indexOf(0);
    return end < 0 ? bytes : bytes.subarray(0, end);
  }
  const filler = padding === 'null-padded' ? 0 : 0x20;
  let end = bytes.byteLength;
  while (end > 0 && bytes[end - 1] === filler) end--;
  return bytes.subarray(0, end);
}
