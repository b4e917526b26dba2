import { FormatError } from '../errors.js';
import { resolveSelection, type Selection, type Span, shapeOfSpans } from '../selection/selection.js';
import { attributesOf, withAttributes } from './attributes.js';
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
  const out = allocateData(array.dtype, sizeOfShape(shape));
  const slots = slotsPerItem(array.dtype);
  const strides = stridesOf(array.shape, array.order).map((stride) => stride * slots);
  // The parts of a complex number lie side by side, as along one more dimension.
  const whole = slots === 1 ? spans : [...spans, { start: 0, count: slots, step: 1, drop: false }];
  if (slots > 1) strides.push(1);
  if (sizeOfShape(shape) > 0) gather(array.data, out, whole, strides);
  return new NDArray({ dtype: array.dtype, shape, data: out, unit: array.unit });
}

/** Copies run by run: as many of the last dimensions as lie without gaps are one run. */
function gather(
  source: DataOf<DType>,
  out: DataOf<DType>,
  spans: readonly Span[],
  strides: readonly number[],
): void {
  let run = 1;
  let axes = spans.length;
  while (axes > 0 && strides[axes - 1] === run && spans[axes - 1]!.step === 1) {
    // Where only a part of it is taken, the next one outside has gaps, and the run ends.
    run *= spans[--axes]!.count;
  }
  const base = spans.reduce((sum, span, axis) => sum + span.start * strides[axis]!, 0);
  const copy = run === 1 ? copyElements : copyRuns;
  copy(source, out, spans.slice(0, axes), strides, base, run);
}

/** Typed arrays copy a run at once; plain ones element by element. */
function copyRuns(
  source: DataOf<DType>,
  out: DataOf<DType>,
  spans: readonly Span[],
  strides: readonly number[],
  base: number,
  run: number,
): void {
  const from = source as Float64Array;
  const to = out as Float64Array;
  let written = 0;
  walkSpans(spans, strides, base, (at) => {
    if (ArrayBuffer.isView(to)) to.set(from.subarray(at, at + run), written);
    else for (let i = 0; i < run; i++) (to as number[])[written + i] = from[at + i]!;
    written += run;
  });
}

/** The last dimension in one plain loop: runs of one element are not worth a call each. */
function copyElements(
  source: DataOf<DType>,
  out: DataOf<DType>,
  spans: readonly Span[],
  strides: readonly number[],
  base: number,
): void {
  const from = source as Float64Array;
  const to = out as Float64Array;
  const last = spans.at(-1);
  if (last === undefined) {
    to[0] = from[base]!;
    return;
  }
  const step = last.step * strides[spans.length - 1]!;
  let written = 0;
  walkSpans(spans.slice(0, -1), strides, base, (start) => {
    for (let i = 0, at = start; i < last.count; i++, at += step) to[written++] = from[at]!;
  });
}

/** Calls `visit` with the place of every index of the spans, the last varying fastest. */
function walkSpans(
  spans: readonly Span[],
  strides: readonly number[],
  base: number,
  visit: (at: number) => void,
): void {
  const walk = (axis: number, at: number): void => {
    const span = spans[axis];
    if (span === undefined) {
      visit(at);
      return;
    }
    const step = span.step * strides[axis]!;
    for (let i = 0, next = at; i < span.count; i++, next += step) walk(axis + 1, next);
  };
  walk(0, base);
}

/** The same array in C order, with its attributes: itself where it is already. */
export function toCOrder<D extends DType>(array: NDArray<D>): NDArray<D> {
  if (array.order === 'C') return array;
  const turned =
    array.shape.filter((length) => length !== 1).length <= 1
      ? new NDArray({ ...initOf(array), order: 'C' })
      : sliceArray(array, undefined);
  const attributes = attributesOf(array);
  return attributes === undefined ? turned : withAttributes(turned, attributes);
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
