import type { DType } from '@formatlab/core';

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
  string: 'string',
  bytes: 'bytes',
  object: 'object',
};
const DTYPE_OF: ReadonlyMap<string, DType> = new Map(
  Object.entries(CODES).map(([dtype, code]) => [code, dtype as DType]),
);

/** NumPy's name of a dtype: `<f8`, `<M8[ns]`; what NumPy has no fixed form for is `string`, `bytes`, `object`. */
export function dtypeCode(dtype: DType, unit: string | undefined): string {
  return `${CODES[dtype]!}${unit === undefined ? '' : `[${unit}]`}`;
}

/** Undefined for what is no such name. */
export function parseDtypeCode(
  code: string,
): { readonly dtype: DType; readonly unit: string | undefined } | undefined {
  const match = /^([<|]?[a-zA-Z]+\d*)(?:\[([a-z0-9A-Z]+)\])?$/.exec(code);
  const dtype = match === null ? undefined : DTYPE_OF.get(match[1]!);
  if (dtype === undefined) return undefined;
  const timed = dtype === 'datetime64' || dtype === 'timedelta64';
  if (match![2] !== undefined && !timed) return undefined;
  return { dtype, unit: match![2] };
}
