import type { DType } from '@formatlab/core';

/** Data types of elements (MAT-File Format, table 1-1). */
export const MI = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
  utf16: 17,
  utf32: 18,
} as const;

/** How numbers of each data type lie in memory. */
export const STORAGE: Readonly<Record<number, DType>> = {
  [MI.int8]: 'int8',
  [MI.uint8]: 'uint8',
  [MI.int16]: 'int16',
  [MI.uint16]: 'uint16',
  [MI.int32]: 'int32',
  [MI.uint32]: 'uint32',
  [MI.single]: 'float32',
  [MI.double]: 'float64',
  [MI.int64]: 'int64',
  [MI.uint64]: 'uint64',
};

/** Array classes (table 1-3); 16 and 17 are not in the published document. */
export const MX = {
  cell: 1,
  struct: 2,
  object: 3,
  char: 4,
  sparse: 5,
  double: 6,
  single: 7,
  int8: 8,
  uint8: 9,
  int16: 10,
  uint16: 11,
  int32: 12,
  uint32: 13,
  int64: 14,
  uint64: 15,
  function: 16,
  opaque: 17,
} as const;

export const CLASS_DTYPE: Readonly<Record<number, DType>> = {
  [MX.double]: 'float64',
  [MX.single]: 'float32',
  [MX.int8]: 'int8',
  [MX.uint8]: 'uint8',
  [MX.int16]: 'int16',
  [MX.uint16]: 'uint16',
  [MX.int32]: 'int32',
  [MX.uint32]: 'uint32',
  [MX.int64]: 'int64',
  [MX.uint64]: 'uint64',
};

/** Array flags (figure 1-6). */
export const FLAG = { logical: 2, global: 4, complex: 8 } as const;

/** Header (text, subsystem offset, version, byte order mark). */
export const HEADER_BYTES = 128;
export const TAG_BYTES = 8;
export const LONGEST_NAME = 63;
