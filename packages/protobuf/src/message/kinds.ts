import type { DType } from '@formatlab/core';
import type { FieldKind } from '../schema/model.js';
import { I32, I64, LEN, VARINT } from '../wire/spec.js';

/** The wire type of one value of each kind, groups aside. */
export const WIRE_TYPE: Readonly<Record<FieldKind, number>> = {
  double: I64,
  float: I32,
  int32: VARINT,
  int64: VARINT,
  uint32: VARINT,
  uint64: VARINT,
  sint32: VARINT,
  sint64: VARINT,
  fixed32: I32,
  fixed64: I64,
  sfixed32: I32,
  sfixed64: I64,
  bool: VARINT,
  enum: VARINT,
  string: LEN,
  bytes: LEN,
  message: LEN,
};

/** The arrays that repeated numbers become. */
export const DTYPE: Readonly<Partial<Record<FieldKind, DType>>> = {
  double: 'float64',
  float: 'float32',
  int32: 'int32',
  int64: 'int64',
  uint32: 'uint32',
  uint64: 'uint64',
  sint32: 'int32',
  sint64: 'int64',
  fixed32: 'uint32',
  fixed64: 'uint64',
  sfixed32: 'int32',
  sfixed64: 'int64',
  bool: 'bool',
};

/** Member of a record that holds fields which the schema does not have, as they stood in the file. */
export const UNKNOWN = '#unknown';
