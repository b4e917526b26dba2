import { BRAND, brandOf } from './brand.js';
import { allocateData, type DataOf, type DType, slotsPerItem } from './dtype.js';

export interface NDArrayInit<D extends DType> {
  readonly dtype: D;
  /** Length of each dimension; `[]` is a 0-d array of one element. */
  readonly shape: readonly number[];
  readonly data: DataOf<D>;
  /** `C`: the last index varies fastest (row-major); `F`: the first does (column-major). Default `C`. */
  readonly order?: 'C' | 'F' | undefined;
  /** NumPy's unit of datetime64 and timedelta64: `ns`, `D`, `25s`. */
  readonly unit?: string | undefined;
}

/** An n-dimensional array in one flat typed array, native endian. */
export class NDArray<D extends DType = DType> {
  readonly dtype: D;
  readonly shape: readonly number[];
  readonly data: DataOf<D>;
  readonly order: 'C' | 'F';
  readonly unit: string | undefined;

  /** @throws RangeError when `data` does not have the elements that `shape` calls for. */
  constructor(init: NDArrayInit<D>) {
    const wanted = sizeOfShape(init.shape) * slotsPerItem(init.dtype);
    if (init.data.length !== wanted) {
      throw new RangeError(
        `make array of shape [${init.shape}]: ${init.data.length} of ${wanted} slots of ${init.dtype} data`,
      );
    }
    this.dtype = init.dtype;
    this.shape = init.shape;
    this.data = init.data;
    this.order = init.order ?? 'C';
    this.unit = init.unit;
  }

  get [BRAND](): 'ndarray' {
    return 'ndarray';
  }

  /** Number of elements: the product of the shape. */
  get size(): number {
    return sizeOfShape(this.shape);
  }
}

export function isNDArray(value: unknown): value is NDArray {
  return brandOf(value) === 'ndarray';
}

/** The product of a shape: 1 for `[]`. */
export function sizeOfShape(shape: readonly number[]): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

/** An array of zeros (`''`, empty bytes, `null` for the dtypes that are not numbers). */
export function zeros<D extends DType>(dtype: D, shape: readonly number[], unit?: string): NDArray<D> {
  return new NDArray({ dtype, shape, data: allocateData(dtype, sizeOfShape(shape)), unit });
}

type InferableData =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

const DTYPE_OF_CLASS: Readonly<Record<string, DType>> = {
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Uint8Array: 'uint8',
  Buffer: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
  BigUint64Array: 'uint64',
  Float32Array: 'float32',
  Float64Array: 'float64',
};

/**
 * An array over `data`, not copied. The dtype comes from the typed array's class unless `dtype` is given;
 * plain arrays of numbers become float64, of strings string. The shape defaults to one dimension.
 *
 * @example ndarray(new Float64Array([1, 2, 3, 4]), [2, 2])
 */
export function ndarray(
  data: InferableData | readonly number[] | readonly string[],
  shape?: readonly number[],
  dtype?: DType,
): NDArray {
  const inferred = dtype ?? inferDType(data);
  const held =
    Array.isArray(data) && inferred === 'float64' ? Float64Array.from(data as readonly number[]) : data;
  const length = held.length / slotsPerItem(inferred);
  // The caller names the dtype or the class of `data` does; the constructor checks the length.
  return new NDArray({ dtype: inferred, shape: shape ?? [length], data: held as DataOf<DType> });
}

function inferDType(data: InferableData | readonly number[] | readonly string[]): DType {
  if (Array.isArray(data)) return typeof data[0] === 'string' ? 'string' : 'float64';
  const dtype = DTYPE_OF_CLASS[data.constructor.name];
  if (dtype === undefined)
    throw new TypeError(`make array of ${data.constructor.name}: no dtype has this class`);
  return dtype;
}
