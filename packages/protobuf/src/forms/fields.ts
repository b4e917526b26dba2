import type { DType } from '@formatlab/core';

/** What a file of ours starts with: field 1, 11 bytes. */
export const MAGIC_TEXT = 'formatlab.1';
export const MAGIC = Uint8Array.of(
  0x0a,
  MAGIC_TEXT.length,
  ...Array.from(MAGIC_TEXT, (letter) => letter.charCodeAt(0)),
);

/** Field numbers of formatlab.proto. */
export const FILE = { format: 1, value: 2, entries: 3, rows: 4, padding: 15 } as const;
export const ROWS = { name: 1, table: 2 } as const;
export const VALUE = {
  null: 1,
  boolean: 2,
  number: 3,
  whole: 4,
  integer: 5,
  bigInteger: 6,
  text: 7,
  binary: 8,
  date: 9,
  array: 10,
  table: 11,
  tagged: 12,
  pairs: 13,
  list: 14,
  record: 15,
} as const;
export const ARRAY = { dtype: 1, shape: 2, unit: 3, text: 11, binary: 12, objects: 13, padding: 15 } as const;
export const TABLE = { rows: 1, columns: 2 } as const;
export const COLUMN = { name: 1, type: 2, array: 3, values: 4, valid: 5 } as const;
export const TAGGED = { tag: 1, value: 2, attributes: 3 } as const;
/** List, Pairs and Record have one field each, their parts; a Pair and a map's entry have two. */
export const PARTS = 1;
export const KEY = 1;
export const ITEM = 2;

/** The field of an Array that holds elements of each dtype kept in typed arrays. */
export const DATA_FIELD: Readonly<Partial<Record<DType, number>>> = {
  float64: 4,
  complex128: 4,
  float32: 5,
  complex64: 5,
  int64: 6,
  datetime64: 6,
  timedelta64: 6,
  uint64: 7,
  int32: 8,
  uint32: 9,
  bool: 10,
  int8: 10,
  uint8: 10,
  int16: 10,
  uint16: 10,
  float16: 10,
};
