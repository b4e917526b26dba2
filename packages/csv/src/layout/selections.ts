import {
  type Column,
  FormatError,
  resolveSelection,
  type ScalarType,
  type Selection,
  type SliceItem,
  type Span,
  scalarType,
  splitPath,
} from '@formatlab/core';
import { NULL, type Seen } from '../cells/kinds.js';
import { type ColumnPlan, typeOf } from './column-plan.js';

/** @throws FormatError `not-found` for anything but the root */
export function checkPath(path: string): void {
  if (splitPath(path).length > 0) {
    throw new FormatError('not-found', `read '${path}': a CSV file is one table or array`, {
      format: 'csv',
      path,
      supported: [''],
    });
  }
}

/** @throws FormatError `bad-selection` */
export function rowSpan(slice: Selection | undefined, rows: number): Span {
  return resolveSelection(slice, [rows])[0]!;
}

/** The selection that a span came from, for what begins at its start. */
export function itemOf({ start, count, step, drop }: Span): SliceItem {
  if (drop) return start;
  return { start, stop: count === 0 ? start : start + (count - 1) * step + 1, step };
}

/** A column of some rows with the type of the whole column. */
export function typed(column: Column, type: ScalarType): Column {
  return { ...column, type };
}

/** The type of a column all of whose cells were seen. */
export function scalarTypeOf(plan: ColumnPlan, seen: Seen): ScalarType {
  const { dtype, ...rest } = typeOf(plan, seen);
  return scalarType(dtype, { ...rest, nullable: (seen.kinds & NULL) !== 0 });
}
