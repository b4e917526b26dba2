import { type ColumnType, type DType, isNDArray, isRecord, isTable, type Value } from '@formatlab/core';

/** What is known of a value without having it: a reader's process is not to hold the data. */
export type Outline =
  | { readonly kind: 'array'; readonly dtype: DType; readonly shape: readonly number[] }
  | { readonly kind: 'arrays'; readonly arrays: readonly ArrayOutline[] }
  | { readonly kind: 'table'; readonly rows: number; readonly columns: readonly ColumnOutline[] }
  | { readonly kind: 'tree' };

export type OutlineKind = Outline['kind'];

export interface ArrayOutline {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
}

export interface ColumnOutline {
  readonly name: string;
  readonly type: ColumnType;
  readonly hasNulls: boolean;
}

export type OutlineOf<K extends OutlineKind> = Extract<Outline, { kind: K }>;

export function outlineOf(value: Value): Outline {
  if (isNDArray(value)) return { kind: 'array', dtype: value.dtype, shape: value.shape };
  if (isTable(value)) {
    const columns = value.columns.map(({ name, type, valid }) => ({
      name,
      type,
      hasNulls: valid?.includes(0) ?? false,
    }));
    return { kind: 'table', rows: value.rows, columns };
  }
  if (isRecord(value)) {
    const entries = Object.entries(value);
    const arrays = entries.flatMap(([name, item]) =>
      isNDArray(item) ? [{ name, dtype: item.dtype, shape: item.shape }] : [],
    );
    if (arrays.length > 0 && arrays.length === entries.length) return { kind: 'arrays', arrays };
  }
  return { kind: 'tree' };
}

/** The arrays of an outline by name; one alone is called `data`. */
export function arraysOfOutline(outline: OutlineOf<'array' | 'arrays'>): readonly ArrayOutline[] {
  return outline.kind === 'arrays' ? outline.arrays : [{ ...outline, name: 'data' }];
}

/** Float64 alone: what the peers' code for numbers is written for. */
export function isFloat64(outline: Outline): outline is OutlineOf<'array' | 'arrays'> {
  return (
    (outline.kind === 'array' || outline.kind === 'arrays') &&
    arraysOfOutline(outline).every(({ dtype }) => dtype === 'float64')
  );
}

/** A table of flat columns of the types that libraries have columns for, without nulls. */
export function isPlainTable(outline: Outline): outline is OutlineOf<'table'> {
  return (
    outline.kind === 'table' &&
    outline.columns.every(
      ({ type, hasNulls }) => type.kind === 'scalar' && !hasNulls && PLAIN.has(type.dtype),
    )
  );
}

const PLAIN: ReadonlySet<DType> = new Set(['bool', 'int32', 'int64', 'float64', 'string', 'datetime64']);

export function dtypeOf({ type }: ColumnOutline): DType {
  return type.kind === 'scalar' ? type.dtype : 'object';
}
