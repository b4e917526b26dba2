import { type ScalarType, scalarType } from '@formatlab/core';
import type { Physical, SchemaElement, TimeUnit } from './element.js';

/** How physical values become elements of a dtype. */
export type Load =
  /** The little-endian bytes are the elements. */
  | 'same'
  /** INT32 to an integer of fewer bits, or to bool. */
  | 'narrow'
  /** INT32 to int64 elements. */
  | 'widen'
  | 'bool'
  | 'int96'
  | 'text'
  | 'bytes'
  | 'uuid'
  /** Big-endian two's complement to int64. */
  | 'decimal'
  /** The same to the digits of the unscaled integer. */
  | 'decimal-text';

/** The column type that a leaf stands for, not counting nullability, and the way there. */
export interface LeafKind {
  readonly type: ScalarType;
  readonly load: Load;
  /** Ticks are multiplied by this in the file, as for seconds that are kept as milliseconds. Default 1. */
  readonly factor?: number;
  /** Nulls in the file stand for NaT. */
  readonly nat?: boolean;
  /** INT96 of a writer that wraps around. */
  readonly wraps?: boolean;
}

/** How INT96 timestamps are read. */
export interface Int96 {
  readonly unit: 'ns' | 'us' | 'ms';
  /** The writer let years beyond 292,000 wrap around. */
  readonly wraps: boolean;
}

/** Unscaled integers of up to 18 digits fit int64. */
export const INT64_DIGITS = 18;

/** See "Logical Types" of the Parquet format. Annotations that do not fit the physical type are ignored, as the specification asks. */
export function leafKindOf(
  element: SchemaElement,
  physical: Physical,
  typeLength: number,
  int96: Int96,
): LeafKind {
  switch (physical) {
    case 'BOOLEAN':
      return { type: scalarType('bool'), load: 'bool' };
    case 'INT32':
      return int32Kind(element);
    case 'INT64':
      return int64Kind(element);
    case 'INT96':
      // Impala's and Spark's timestamps: the only use that INT96 ever had.
      return { type: scalarType('datetime64', { unit: int96.unit }), load: 'int96', wraps: int96.wraps };
    case 'FLOAT':
      return { type: scalarType('float32'), load: 'same' };
    case 'DOUBLE':
      return { type: scalarType('float64'), load: 'same' };
    case 'BYTE_ARRAY':
    case 'FIXED_LEN_BYTE_ARRAY':
      return bytesKind(element, typeLength);
  }
}

function int32Kind({ converted, logical, precision, scale }: SchemaElement): LeafKind {
  if (logical?.kind === 'integer') return smallInteger(logical.bits, logical.signed);
  if (logical?.kind === 'date' || converted === 'DATE')
    return { type: scalarType('datetime64', { unit: 'D' }), load: 'widen' };
  if (logical?.kind === 'time' && logical.unit === 'ms')
    return { type: scalarType('timedelta64', { unit: 'ms' }), load: 'widen' };
  if (logical?.kind === 'decimal')
    return { type: decimalType(logical.precision, logical.scale), load: 'widen' };
  switch (converted) {
    case 'DECIMAL':
      return { type: decimalType(precision ?? 0, scale ?? 0), load: 'widen' };
    case 'TIME_MILLIS':
      return { type: scalarType('timedelta64', { unit: 'ms' }), load: 'widen' };
    case 'INT_8':
      return smallInteger(8, true);
    case 'INT_16':
      return smallInteger(16, true);
    case 'UINT_8':
      return smallInteger(8, false);
    case 'UINT_16':
      return smallInteger(16, false);
    case 'UINT_32':
      return smallInteger(32, false);
    default:
      return smallInteger(32, true);
  }
}

function smallInteger(bits: number, signed: boolean): LeafKind {
  if (bits === 8) return { type: scalarType(signed ? 'int8' : 'uint8'), load: 'narrow' };
  if (bits === 16) return { type: scalarType(signed ? 'int16' : 'uint16'), load: 'narrow' };
  return { type: scalarType(signed ? 'int32' : 'uint32'), load: 'same' };
}

function int64Kind({ converted, logical, precision, scale }: SchemaElement): LeafKind {
  if (logical?.kind === 'integer')
    return { type: scalarType(logical.signed ? 'int64' : 'uint64'), load: 'same' };
  if (logical?.kind === 'timestamp') return timestampKind(logical.unit, logical.utc);
  if (logical?.kind === 'time')
    return { type: scalarType('timedelta64', { unit: logical.unit }), load: 'same' };
  if (logical?.kind === 'decimal')
    return { type: decimalType(logical.precision, logical.scale), load: 'same' };
  switch (converted) {
    case 'DECIMAL':
      return { type: decimalType(precision ?? 0, scale ?? 0), load: 'same' };
    case 'UINT_64':
      return { type: scalarType('uint64'), load: 'same' };
    case 'TIME_MICROS':
      return { type: scalarType('timedelta64', { unit: 'us' }), load: 'same' };
    // The older annotation means instants in UTC.
    case 'TIMESTAMP_MILLIS':
      return timestampKind('ms', true);
    case 'TIMESTAMP_MICROS':
      return timestampKind('us', true);
    default:
      return { type: scalarType('int64'), load: 'same' };
  }
}

function timestampKind(unit: TimeUnit, utc: boolean): LeafKind {
  return { type: scalarType('datetime64', { unit, ...(utc ? { zone: 'UTC' } : {}) }), load: 'same' };
}

function bytesKind({ converted, logical, precision, scale }: SchemaElement, typeLength: number): LeafKind {
  if (logical?.kind === 'float16' && typeLength === 2) return { type: scalarType('float16'), load: 'same' };
  if (logical?.kind === 'uuid' && typeLength === 16) return { type: scalarType('string'), load: 'uuid' };
  if (logical?.kind === 'decimal' || converted === 'DECIMAL') {
    const digits = logical?.kind === 'decimal' ? logical : { precision: precision ?? 0, scale: scale ?? 0 };
    const small = digits.precision <= INT64_DIGITS;
    return {
      type: decimalType(digits.precision, digits.scale, small),
      load: small ? 'decimal' : 'decimal-text',
    };
  }
  const isText =
    logical?.kind === 'string' ||
    logical?.kind === 'enum' ||
    logical?.kind === 'json' ||
    converted === 'UTF8' ||
    converted === 'ENUM' ||
    converted === 'JSON';
  return isText && typeLength === 0
    ? { type: scalarType('string'), load: 'text' }
    : { type: scalarType('bytes'), load: 'bytes' };
}

function decimalType(precision: number, scale: number, small = true): ScalarType {
  return scalarType(small ? 'int64' : 'string', { decimal: { precision, scale } });
}
