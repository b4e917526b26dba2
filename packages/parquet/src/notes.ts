import { type DType, isDType, type ScalarType } from '@formatlab/core';
import type { KeyValue } from './footer.js';

/** Key-value metadata of ours: what Parquet's schema has no word for. Other programs ignore it. */
export const ARRAY_KEY = 'formatlab.array';
export const COLUMNS_KEY = 'formatlab.columns';
export const ATTRIBUTES_KEY = 'formatlab.attributes';
/** Arrow's own description of the schema; it would be wrong about a table that we write. */
export const ARROW_KEY = 'ARROW:schema';

/** The array that the file's one column holds. */
export interface ArrayNote {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly unit?: string;
}

/** What a column is more than its schema says. */
export interface ColumnNote {
  /** `datetime64` or `timedelta64` in a column of plain INT64. */
  readonly dtype?: DType;
  readonly unit?: string;
  readonly zone?: string;
  readonly dictionary?: boolean;
  /** Nulls are NaT, and the column is not nullable. */
  readonly nat?: boolean;
  /** Lengths of the dimensions behind the rows, where each row is an array of one shape. */
  readonly shape?: readonly number[];
}

/** Notes by the leaf's or column's path as a JSON Pointer. */
export type ColumnNotes = ReadonlyMap<string, ColumnNote>;

export const NO_NOTES: ColumnNotes = new Map();

const UNIT = /^\d*(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as|generic)$/;
/** Milliseconds of the units that are kept as milliseconds. */
export const MS_PER_UNIT: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

/** What stands under `key`; undefined where it is missing or not JSON: it may be of another program. */
export function readNote(keyValues: readonly KeyValue[], key: string): unknown {
  const value = keyValues.findLast((pair) => pair.key === key)?.value;
  if (value === undefined) return undefined;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

export function readArrayNote(keyValues: readonly KeyValue[]): ArrayNote | undefined {
  const note = readNote(keyValues, ARRAY_KEY);
  if (!isObject(note)) return undefined;
  const { dtype, shape, unit } = note;
  if (!isDType(dtype) || !isShape(shape)) return undefined;
  return { dtype, shape, ...(isUnit(unit) ? { unit } : {}) };
}

export function readColumnNotes(keyValues: readonly KeyValue[]): ColumnNotes {
  const notes = readNote(keyValues, COLUMNS_KEY);
  if (!isObject(notes)) return NO_NOTES;
  const read = new Map<string, ColumnNote>();
  for (const [path, note] of Object.entries(notes)) {
    if (!isObject(note)) continue;
    const { dtype, unit, zone, dictionary, nat, shape } = note;
    read.set(path, {
      ...(dtype === 'datetime64' || dtype === 'timedelta64' ? { dtype } : {}),
      ...(isUnit(unit) ? { unit } : {}),
      ...(typeof zone === 'string' ? { zone } : {}),
      ...(dictionary === true ? { dictionary } : {}),
      ...(nat === true ? { nat } : {}),
      ...(isShape(shape) ? { shape } : {}),
    });
  }
  return read;
}

/** The type with what the note adds, where it fits what the schema says. */
export function applyNote(type: ScalarType, note: ColumnNote): ScalarType {
  let noted = note.dictionary === true ? { ...type, dictionary: true } : type;
  if (noted.dtype === 'int64' && noted.decimal === undefined && note.dtype !== undefined) {
    noted = { ...noted, dtype: note.dtype, ...(note.unit === undefined ? {} : { unit: note.unit }) };
  } else if (
    noted.dtype === 'datetime64' &&
    noted.unit === 'ms' &&
    note.unit !== undefined &&
    note.unit in MS_PER_UNIT
  ) {
    noted = { ...noted, unit: note.unit };
  }
  return noted.dtype === 'datetime64' && note.zone !== undefined ? { ...noted, zone: note.zone } : noted;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((length) => Number.isSafeInteger(length) && length >= 0);
}

function isUnit(value: unknown): value is string {
  return typeof value === 'string' && UNIT.test(value);
}
