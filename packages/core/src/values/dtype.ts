/** Element types of an {@link NDArray}. The names are NumPy's. */
export type DType =
  | 'bool'
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
  | 'float64'
  | 'complex64'
  | 'complex128'
  | 'string'
  | 'bytes'
  | 'datetime64'
  | 'timedelta64'
  | 'object';

/** What holds the elements of one dtype: a typed array in native byte order, or a plain array. */
export interface DataByDType {
  /** One byte an element, 0 or 1. */
  bool: Uint8Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  uint64: BigUint64Array;
  /** IEEE 754 binary16 as raw bits; see `float16ToNumber`. */
  float16: Uint16Array;
  float32: Float32Array;
  float64: Float64Array;
  /** Pairs of real and imaginary part: two floats an element. */
  complex64: Float32Array;
  complex128: Float64Array;
  string: readonly string[];
  bytes: readonly Uint8Array[];
  /** Ticks of the array's `unit` since 1970-01-01T00:00; the smallest int64 is NaT. */
  datetime64: BigInt64Array;
  /** Ticks of the array's `unit`; the smallest int64 is NaT. */
  timedelta64: BigInt64Array;
  object: readonly import('./value.js').Value[];
}

export type DataOf<D extends DType> = DataByDType[D];

/** NumPy's datetime units. A number before the unit (`25s`) is a multiple of it. */
export type TimeUnit =
  | 'Y'
  | 'M'
  | 'W'
  | 'D'
  | 'h'
  | 'm'
  | 's'
  | 'ms'
  | 'us'
  | 'ns'
  | 'ps'
  | 'fs'
  | 'as'
  | 'generic';

/** Not-a-time: the smallest int64, in datetime64 and timedelta64. */
export const NAT = -(2n ** 63n);

interface DTypeInfo {
  /** Bytes one element takes in memory; 0 where elements are JavaScript values. */
  readonly itemSize: number;
  /** Typed array slots one element takes: 2 for complex, else 1. */
  readonly slots: number;
  readonly make: ((slots: number) => DataOf<DType>) | undefined;
  readonly view: ((buffer: ArrayBufferLike, byteOffset: number, slots: number) => DataOf<DType>) | undefined;
}

type TypedArrayConstructor =
  | Int8ArrayConstructor
  | Int16ArrayConstructor
  | Int32ArrayConstructor
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Uint32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor;

const fixed = (make: TypedArrayConstructor, slots = 1): DTypeInfo => ({
  itemSize: make.BYTES_PER_ELEMENT * slots,
  slots,
  make: (count) => new make(count),
  view: (buffer, byteOffset, count) => new make(buffer as ArrayBuffer, byteOffset, count),
});

const variable: DTypeInfo = { itemSize: 0, slots: 1, make: undefined, view: undefined };

const INFO: Readonly<Record<DType, DTypeInfo>> = {
  bool: fixed(Uint8Array),
  int8: fixed(Int8Array),
  int16: fixed(Int16Array),
  int32: fixed(Int32Array),
  int64: fixed(BigInt64Array),
  uint8: fixed(Uint8Array),
  uint16: fixed(Uint16Array),
  uint32: fixed(Uint32Array),
  uint64: fixed(BigUint64Array),
  float16: fixed(Uint16Array),
  float32: fixed(Float32Array),
  float64: fixed(Float64Array),
  complex64: fixed(Float32Array, 2),
  complex128: fixed(Float64Array, 2),
  string: variable,
  bytes: variable,
  datetime64: fixed(BigInt64Array),
  timedelta64: fixed(BigInt64Array),
  object: variable,
};

/** Every dtype, in the order of the documentation. */
export const DTYPES = Object.keys(INFO) as readonly DType[];

/** The dtypes that are kept in typed arrays: all but string, bytes and object. */
export const FIXED_DTYPES: readonly DType[] = DTYPES.filter((dtype) => INFO[dtype].itemSize > 0);

export function isDType(name: unknown): name is DType {
  return typeof name === 'string' && Object.hasOwn(INFO, name);
}

/** Bytes one element takes in memory: 16 for complex128, 0 for string, bytes and object. */
export function itemSize(dtype: DType): number {
  return INFO[dtype].itemSize;
}

/** Slots of `data` one element takes: 2 for complex dtypes, else 1. */
export function slotsPerItem(dtype: DType): number {
  return INFO[dtype].slots;
}

/** Zero-filled data for `count` elements: a typed array, or a plain array of `''`, empty bytes or `null`. */
export function allocateData<D extends DType>(dtype: D, count: number): DataOf<D> {
  const info = INFO[dtype];
  // Each dtype maps to its own data type in DataByDType; the table above pairs them.
  if (info.make !== undefined) return info.make(count * info.slots) as DataOf<D>;
  const filler = dtype === 'string' ? '' : dtype === 'bytes' ? new Uint8Array(0) : null;
  return new Array(count).fill(filler) as unknown as DataOf<D>;
}

/**
 * Typed data for `count` elements that lie at `bytes` in native byte order: a view where the offset is
 * aligned, else one copy.
 */
export function viewData<D extends DType>(dtype: D, bytes: Uint8Array, count: number): DataOf<D> {
  const info = INFO[dtype];
  if (info.view === undefined)
    throw new TypeError(`view bytes as '${dtype}': only fixed-size dtypes have a byte layout`);
  const slots = count * info.slots;
  const size = count * info.itemSize;
  if (bytes.byteLength < size)
    throw new RangeError(`view ${count} elements of '${dtype}': ${bytes.byteLength} of ${size} bytes`);
  const aligned = bytes.byteOffset % (info.itemSize / info.slots) === 0;
  // Not `bytes.slice`: a Buffer's is a view.
  const home = aligned ? bytes : new Uint8Array(bytes.subarray(0, size));
  return info.view(home.buffer, home.byteOffset, slots) as DataOf<D>;
}
