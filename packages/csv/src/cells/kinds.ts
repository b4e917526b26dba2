import type { DType } from '@formatlab/core';

/** What a cell may be read as. A column's kinds are the bits of all its cells together. */
export const NULL = 1;
/** A canonical integer within int64: no plus sign, no leading zeros, not `-0`. */
export const INT = 2;
/** One beyond 2^53, which float64 need not hold. */
export const WIDE_INT = 4;
export const FLOAT = 8;
/** `true`, `false` */
export const LOWER_BOOL = 16;
/** `True`, `False` */
export const TITLE_BOOL = 32;
export const DATE = 64;
/** Date and time without a zone. */
export const LOCAL_TIME = 128;
/** Date and time in UTC. */
export const UTC_TIME = 256;
export const NOT_A_TIME = 512;
/** A time that int64 holds in seconds to microseconds, but not in nanoseconds. */
export const FAR = 1024;
/** Any other text, and whatever stood in quotes. */
export const TEXT = 2048;

/** What is known of a column's cells: joined cell by cell, it only ever grows. */
export interface Seen {
  kinds: number;
  /** Most digits behind the decimal point of a second. */
  secondDigits: number;
}

/** The type that holds all cells of a column without changing one. */
export interface InferredType {
  readonly dtype: Extract<DType, 'string' | 'int64' | 'float64' | 'bool' | 'datetime64'>;
  readonly unit?: 'D' | 's' | 'ms' | 'us' | 'ns';
  readonly zone?: 'UTC';
}

const STRING: InferredType = { dtype: 'string' };
const UNITS = ['s', 'ms', 'us', 'ns'] as const;

/** @param seen of all cells of the column */
export function inferType({ kinds, secondDigits }: Seen): InferredType {
  const values = kinds & ~(NULL | NOT_A_TIME | FAR);
  if (values === DATE) return { dtype: 'datetime64', unit: 'D' };
  if (values === LOCAL_TIME || values === UTC_TIME) {
    const unit = UNITS[Math.ceil(secondDigits / 3)]!;
    if (unit === 'ns' && (kinds & FAR) !== 0) return STRING;
    return { dtype: 'datetime64', unit, ...(values === UTC_TIME ? { zone: 'UTC' } : {}) };
  }
  if ((kinds & NOT_A_TIME) !== 0) return values === 0 ? { dtype: 'datetime64', unit: 's' } : STRING;
  if (values === LOWER_BOOL || values === TITLE_BOOL) return { dtype: 'bool' };
  if (values === 0) return STRING;
  if ((values & ~(INT | WIDE_INT)) === 0) return { dtype: 'int64' };
  return (values & ~(INT | FLOAT)) === 0 ? { dtype: 'float64' } : STRING;
}
