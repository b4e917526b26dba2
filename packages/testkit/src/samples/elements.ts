import {
  type DataOf,
  type DType,
  NAT,
  NDArray,
  newRecord,
  numberToFloat16,
  sizeOfShape,
  slotsPerItem,
  type Value,
} from '@formatlab/core';

const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;
/** Smallest denormal, largest denormal, smallest normal, largest, the neighbour of one, and 0.1 whose digits never end. */
const FLOAT64 = [
  0,
  1,
  -1,
  0.1,
  -2.5,
  5e-324,
  2.225073858507201e-308,
  2.2250738585072014e-308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  1 + Number.EPSILON,
  1e21,
  1e-7,
  123456789.12345679,
  2 ** 53,
];
const FLOAT32 = [
  0,
  1,
  -1,
  0.1,
  -2.5,
  1.401298464324817e-45,
  1.1754942106924411e-38,
  1.1754943508222875e-38,
  3.4028234663852886e38,
  -3.4028234663852886e38,
  1 + 2 ** -23,
  16777217,
];
const FLOAT16 = [0, 1, -1, 0.1, -2.5, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, -65504, 1 + 2 ** -10];

const ORDINARY: Readonly<Record<DType, () => readonly unknown[]>> = {
  bool: () => [1, 0, 0, 1],
  int8: () => [0, 1, -1, 127, -128],
  int16: () => [0, 1, -1, 32767, -32768, 256],
  int32: () => [0, 1, -1, 2147483647, -2147483648, 65536],
  int64: () => [0n, 1n, -1n, INT64_MAX, -INT64_MAX - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 32n],
  uint8: () => [0, 1, 255, 127, 128],
  uint16: () => [0, 1, 65535, 32768, 256],
  uint32: () => [0, 1, 4294967295, 2147483648, 65536],
  uint64: () => [0n, 1n, UINT64_MAX, 2n ** 63n, 2n ** 53n + 1n, 2n ** 32n],
  float16: () => FLOAT16.map(numberToFloat16),
  float32: () => FLOAT32,
  float64: () => FLOAT64,
  complex64: () => FLOAT32.flatMap((x) => [x, FLOAT32[3]]),
  complex128: () => FLOAT64.flatMap((x) => [x, FLOAT64[3]]),
  string: () => ['a', 'two words', 'ÄÖÜ ß', '日本語', '😀 astral', 'e\u0301 combining', 'x'.repeat(300)],
  bytes: () => [
    Uint8Array.of(1, 2, 3),
    Uint8Array.of(0xff, 0xfe, 0x80),
    Uint8Array.from({ length: 300 }, (_, i) => (i * 7) % 256),
  ],
  datetime64: () => [0n, 1n, -1n, 1_700_000_000n, -86_400n, 253_402_300_799n],
  timedelta64: () => [0n, 1n, -1n, 1_700_000_000n, -86_400n],
  object: () => [null, true, 1.5, 'x', ['a', 2], record({ a: 1 })],
};

/** Elements that every format which claims the dtype has to keep. Complex dtypes: two numbers an element. */
export function ordinaryElements(dtype: DType): readonly unknown[] {
  return ORDINARY[dtype]();
}

/** Numbers of dimensions 0 … 4, each with room for some elements. */
export const SHAPES: readonly (readonly number[])[] = [[], [17], [2, 9], [3, 1, 6], [2, 3, 1, 3]];

/** Shapes without elements. */
export const EMPTY_SHAPES: readonly (readonly number[])[] = [[0], [0, 3], [2, 0], [2, 0, 3]];

/** An array of the dtype, filled by repeating elements in turn; a 0-d array takes the second one. */
export function arrayOf(
  dtype: DType,
  shape: readonly number[],
  options: { unit?: string; order?: 'C' | 'F'; elements?: readonly unknown[] } = {},
): NDArray {
  const slots = slotsPerItem(dtype);
  const elements = options.elements ?? ordinaryElements(dtype);
  const count = sizeOfShape(shape) * slots;
  const from = shape.length === 0 && elements.length > slots ? slots : 0;
  const items = Array.from({ length: count }, (_, i) => elements[(from + i) % elements.length]);
  const unit = options.unit ?? (isTimed(dtype) ? 'us' : undefined);
  return new NDArray({ dtype, shape, data: dataOf(dtype, items), order: options.order, unit });
}

export function isTimed(dtype: DType): boolean {
  return dtype === 'datetime64' || dtype === 'timedelta64';
}

/** Elements whose survival a format may refuse or report as lost, by what they are. */
export function specialElements(
  dtype: DType,
): readonly { readonly what: string; readonly elements: readonly unknown[] }[] {
  switch (dtype) {
    case 'float64':
      return [
        { what: 'negative zero', elements: [-0, 0, -0] },
        {
          what: 'NaN and infinities',
          elements: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
        },
      ];
    case 'float32':
      return [
        { what: 'negative zero', elements: [-0, 0, -0] },
        {
          what: 'NaN and infinities',
          elements: [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1],
        },
      ];
    case 'float16':
      return [
        { what: 'negative zero', elements: [0x8000, 0, 0x8000] },
        { what: 'NaN and infinities', elements: [0x7e00, 0x7c00, 0xfc00, 0x3c00] },
        { what: 'NaN payloads', elements: [0x7e01, 0xfe00, 0x7d55] },
      ];
    case 'complex64':
    case 'complex128':
      return [
        {
          what: 'signs of zero, NaN and infinities',
          elements: [-0, 0, 0, -0, Number.NaN, 1, 1, Number.NEGATIVE_INFINITY],
        },
      ];
    case 'datetime64':
    case 'timedelta64':
      return [{ what: 'NaT', elements: [NAT, 0n, NAT] }];
    case 'string':
      return [
        { what: 'empty strings', elements: ['', 'a', ''] },
        { what: 'blanks and line ends', elements: [' lead', 'trail ', 'a\nb', 'a\r\nb', 'a\tb', '\n', '  '] },
        {
          what: 'text that looks like something else',
          elements: [
            '007',
            '1e5',
            'NaN',
            'null',
            'true',
            '2024-02-30',
            '-',
            '~',
            '=1+1',
            '#',
            '- a',
            'a: b',
            '<a/>',
            '&amp;',
            '"',
            "'",
            ',',
            ';',
            '\\',
            '{}',
            '[]',
          ],
        },
        {
          what: 'NUL and control characters',
          elements: ['a\0b', '\0', 'trail\0', '\u0001\u001f', '\u007f\u0085', '\ufeffbom', '\uffff'],
        },
      ];
    case 'bytes':
      return [
        { what: 'empty bytes', elements: [new Uint8Array(0), Uint8Array.of(1)] },
        {
          what: 'bytes with zeros at the end',
          elements: [Uint8Array.of(0), Uint8Array.of(1, 0, 0), Uint8Array.of(0, 0)],
        },
      ];
    default:
      return [];
  }
}

/** Bit patterns of NaN as data: quiet with a payload, negative, signalling. */
export function nanPayloads(dtype: 'float32' | 'float64', shape: readonly number[] = [3]): NDArray {
  const data =
    dtype === 'float64'
      ? new Float64Array(
          BigUint64Array.of(0x7ff8000000000001n, 0xfff8000000000000n, 0x7ff0000000000abcn).buffer,
        )
      : new Float32Array(Uint32Array.of(0x7fc00001, 0xffc00000, 0x7f800abc).buffer);
  return new NDArray({ dtype, shape, data });
}

/** What no UTF-8 text can hold. */
export const LONE_SURROGATES: readonly string[] = ['\ud800', 'a\udc00b', '\udfff\ud800'];

function dataOf(dtype: DType, items: readonly unknown[]): DataOf<DType> {
  switch (dtype) {
    case 'int64':
    case 'datetime64':
    case 'timedelta64':
      return BigInt64Array.from(items as readonly bigint[]);
    case 'uint64':
      return BigUint64Array.from(items as readonly bigint[]);
    case 'string':
    case 'bytes':
    case 'object':
      // The tables above hold strings, bytes and values under these names.
      return items as DataOf<DType>;
    default:
      return NUMERIC[dtype].from(items as readonly number[]);
  }
}

const NUMERIC = {
  bool: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  float16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  complex64: Float32Array,
  complex128: Float64Array,
} as const;

/** A record as decoders make them. */
export function record(members: { readonly [name: string]: Value }): Value {
  const made = newRecord();
  for (const [name, value] of Object.entries(members)) made[name] = value;
  return made;
}
