import { FormatError } from '../errors.js';
import { resolveSelection, type Selection, type Span, shapeOfSpans } from '../selection/selection.js';
import { allocateData, type DataOf, type DType, slotsPerItem } from './dtype.js';
import { NDArray, sizeOfShape } from './nd-array.js';
import { type Column, Table } from './table.js';

/**
 * Part of an array, as a copy in C order. An index drops its dimension, as in NumPy.
 *
 * @throws FormatError `bad-selection`
 */
export function sliceArray<D extends DType>(array: NDArray<D>, selection: Selection | undefined): NDArray<D> {
  return gatherSpans(array, resolveSelection(selection, array.shape));
}

/** The elements that resolved spans select, in C order. */
export function gatherSpans<D extends DType>(array: NDArray<D>, spans: readonly Span[]): NDArray<D> {
  const shape = shapeOfSpans(spans);
  const slots = slotsPerItem(array.dtype);
  const strides = stridesOf(array.shape, array.order);
  const count = sizeOfShape(shape);
  const out = allocateData(array.dtype, count) as unknown as { [index: number]: unknown };
  const source = array.data as unknown as { readonly [index: number]: unknown };
  let written = 0;
  const walk = (axis: number, base: number): void => {
    const span = spans[axis];
    if (span === undefined) {
      for (let slot = 0; slot < slots; slot++) out[written++] = source[base * slots + slot];
      return;
    }
    const stride = strides[axis]!;
    if (axis === spans.length - 1 && slots === 1) {
      for (let i = 0, at = base + span.start * stride; i < span.count; i++, at += span.step * stride)
        out[written++] = source[at];
      return;
    }
    for (let i = 0; i < span.count; i++) walk(axis + 1, base + (span.start + i * span.step) * stride);
  };
  walk(0, 0);
  // `out` was allocated for this dtype above.
  return new NDArray({ dtype: array.dtype, shape, data: out as unknown as DataOf<D>, unit: array.unit });
}

/** The same array in C order: itself where it is already. */
export function toCOrder<D extends DType>(array: NDArray<D>): NDArray<D> {
  if (array.order === 'C') return array;
  if (array.shape.filter((length) => length !== 1).length <= 1)
    return new NDArray({ ...initOf(array), order: 'C' });
  return sliceArray(array, undefined);
}

/** Elements between neighbours along each dimension. */
export function stridesOf(shape: readonly number[], order: 'C' | 'F'): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let i = 0; i < shape.length; i++) {
    const axis = order === 'C' ? shape.length - 1 - i : i;
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

export interface TableSelection {
  readonly slice?: Selection | undefined;
  readonly columns?: readonly string[] | undefined;
}

/**
 * Rows and columns of a table; columns in the order asked for. A single row index gives a table of one row.
 *
 * @throws FormatError `bad-selection`, `not-found` for a column that is not there
 */
export function sliceTable(table: Table, selection: TableSelection): Table {
  const columns = pickColumns(table.columns, selection.columns);
  if (selection.slice === undefined)
    return columns === table.columns ? table : new Table(table.rows, columns);
  const span = resolveSelection(selection.slice, [table.rows])[0]!;
  return new Table(
    span.count,
    columns.map((column) => sliceColumn(column, span)),
  );
}

/** The named columns. @throws FormatError `not-found` */
export function pickColumns<C extends { readonly name: string }>(
  columns: readonly C[],
  names: readonly string[] | undefined,
): readonly C[] {
  if (names === undefined) return columns;
  return names.map((name) => {
    const column = columns.find((candidate) => candidate.name === name);
    if (column === undefined) {
      throw new FormatError('not-found', `select column '${name}': not in the table`, {
        supported: columns.map((c) => c.name),
      });
    }
    return column;
  });
}

function sliceColumn(column: Column, span: Span): Column {
  const pick = (index: number): number => span.start + index * span.step;
  const valid = column.valid;
  return {
    ...column,
    values: Array.isArray(column.values)
      ? Array.from({ length: span.count }, (_, i) => (column.values as readonly never[])[pick(i)]!)
      : gatherSpans(column.values as NDArray, rowSpans(column.values as NDArray, span)),
    ...(valid === undefined
      ? {}
      : { valid: Uint8Array.from({ length: span.count }, (_, i) => valid[pick(i)]!) }),
  };
}

function rowSpans(values: NDArray, rows: Span): Span[] {
  const rest = values.shape.slice(1).map((count) => ({ start: 0, count, step: 1, drop: false }));
  return [{ ...rows, drop: false }, ...rest];
}

function initOf<D extends DType>(array: NDArray<D>) {
  return { dtype: array.dtype, shape: array.shape, data: array.data, unit: array.unit };
}
