import { type DType, itemSize, type NDArray, slotsPerItem } from '@formatlab/core';

/** A dtype as NumPy's array interface writes it, taken apart. */
export interface DTypeText {
  readonly dtype: DType;
  readonly unit: string | undefined;
  /** Bytes of one element in the file. */
  readonly bytes: number;
  /** Bytes that are swapped as one where the file is big-endian. */
  readonly word: number;
  readonly bigEndian: boolean;
}

const CODES: Readonly<Partial<Record<DType, string>>> = {
  bool: '|b1',
  int8: '|i1',
  uint8: '|u1',
  int16: '<i2',
  int32: '<i4',
  int64: '<i8',
  uint16: '<u2',
  uint32: '<u4',
  uint64: '<u8',
  float16: '<f2',
  float32: '<f4',
  float64: '<f8',
  complex64: '<c8',
  complex128: '<c16',
  datetime64: '<M8',
  timedelta64: '<m8',
};

const DTYPE_OF_CODE: ReadonlyMap<string, DType> = new Map(
  Object.entries(CODES).map(([dtype, code]) => [code!.slice(1), dtype as DType]),
);

/** `<f8`, `|b1`, `<M8[ns]`: little-endian. Undefined for dtypes without a byte layout. */
export function dtypeText(array: Pick<NDArray, 'dtype' | 'unit'>): string | undefined {
  const code = CODES[array.dtype];
  if (array.dtype !== 'datetime64' && array.dtype !== 'timedelta64') return code;
  return array.unit === undefined || array.unit === 'generic' ? code : `${code}[${array.unit}]`;
}

/**
 * Parses `<f8`, `>i4`, `<U5`, `|S3`, `<M8[25s]`. Undefined for what has no place in an array of ours, such as a
 * long double or a void.
 */
export function parseDTypeText(text: string): DTypeText | undefined {
  const match = /^([<>|=]?)([A-Za-z]\d+)(?:\[([A-Za-z0-9]+)\])?$/.exec(text);
  if (match === null) return undefined;
  const [, order, code, unit] = match;
  const bigEndian = order === '>';
  const width = Number(code!.slice(1));
  if (code!.startsWith('U'))
    return { dtype: 'string', unit: undefined, bytes: 4 * width, word: 4, bigEndian };
  if (code!.startsWith('S')) return { dtype: 'bytes', unit: undefined, bytes: width, word: 1, bigEndian };
  const dtype = DTYPE_OF_CODE.get(code!);
  if (dtype === undefined) return undefined;
  const timed = dtype === 'datetime64' || dtype === 'timedelta64';
  if (unit !== undefined && !timed) return undefined;
  return {
    dtype,
    unit: timed ? (unit ?? 'generic') : undefined,
    bytes: itemSize(dtype),
    word: itemSize(dtype) / slotsPerItem(dtype),
    bigEndian,
  };
}
