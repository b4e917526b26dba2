import { FormatError } from '../errors.js';
import type { Loss } from '../loss.js';
import { allocateData, type DataOf, type DType, slotsPerItem } from '../values/dtype.js';
import { float16ToNumber } from '../values/float16.js';
import { NDArray } from '../values/nd-array.js';

/** For each dtype, the ones that hold all its values, nearest first, then those that hold most. */
const HOMES: Readonly<Partial<Record<DType, readonly DType[]>>> = {
  bool: ['uint8', 'int8', 'int16', 'int32', 'int64', 'float32', 'float64'],
  int8: ['int16', 'int32', 'int64', 'float32', 'float64'],
  int16: ['int32', 'int64', 'float32', 'float64'],
  int32: ['int64', 'float64'],
  int64: ['float64'],
  uint8: ['uint16', 'uint32', 'uint64', 'int16', 'int32', 'int64', 'float32', 'float64'],
  uint16: ['uint32', 'uint64', 'int32', 'int64', 'float32', 'float64'],
  uint32: ['uint64', 'int64', 'float64'],
  uint64: ['int64', 'float64'],
  float16: ['float32', 'float64'],
  float32: ['float64'],
  float64: ['float32'],
  complex64: ['complex128'],
  complex128: ['complex64'],
  datetime64: ['int64'],
  timedelta64: ['int64'],
};

/**
 * The array in the nearest dtype of `allowed`, with the loss reported: `dtype`, and `precision` with the
 * number of elements that changed.
 *
 * @throws FormatError `unsupported` when none of them can hold it
 */
export function castArray(
  array: NDArray,
  allowed: readonly DType[],
  path: string,
  loss: (loss: Loss) => void,
  format: string,
): NDArray {
  const homes = HOMES[array.dtype] ?? [];
  for (const to of homes) {
    if (!allowed.includes(to)) continue;
    const { data, changed } = convertData(array, to);
    // A number out of an integer's range comes out as another one altogether.
    if (changed > 0 && to === 'int64') continue;
    if (changed > 0 && homes.slice(homes.indexOf(to) + 1).some((other) => allowed.includes(other))) continue;
    loss({ path, kind: 'dtype', from: nameOf(array), to, count: array.size });
    if (changed > 0) loss({ path, kind: 'precision', from: nameOf(array), to, count: changed });
    return new NDArray({ dtype: to, shape: array.shape, data, order: array.order });
  }
  throw new FormatError(
    'unsupported',
    `write array '${path}' of ${nameOf(array)} as ${format}: no dtype of the format holds it`,
    {
      format,
      path,
      feature: `dtype ${array.dtype}`,
      supported: allowed,
    },
  );
}

function nameOf(array: NDArray): string {
  return array.unit === undefined ? array.dtype : `${array.dtype}[${array.unit}]`;
}

interface Converted {
  readonly data: DataOf<DType>;
  /** Elements whose value is not the same any more. */
  readonly changed: number;
}

function convertData(array: NDArray, to: DType): Converted {
  const slots = array.data.length;
  const out = allocateData(to, slots / slotsPerItem(to)) as unknown as { [index: number]: number | bigint };
  const wide = out instanceof BigInt64Array || out instanceof BigUint64Array;
  const source = array.data as unknown as ArrayLike<number | bigint>;
  const read =
    array.dtype === 'float16'
      ? (i: number) => float16ToNumber(source[i] as number)
      : (i: number) => source[i]!;
  let changed = 0;
  for (let i = 0; i < slots; i++) {
    const value = read(i);
    out[i] = wide ? BigInt(value) : Number(value);
    const kept = out[i]!;
    // biome-ignore lint/suspicious/noDoubleEquals: a bigint and the number it became are compared by value
    if (kept != value && !(Number.isNaN(kept) && Number.isNaN(value))) changed++;
  }
  return { data: out as unknown as DataOf<DType>, changed };
}
