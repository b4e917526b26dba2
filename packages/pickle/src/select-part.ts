import {
  type Context,
  gatherSpans,
  isNDArray,
  isTable,
  pickColumns,
  type ReadSelection,
  resolveSelection,
  selectFrom,
  sliceTable,
  spanExtent,
  type Table,
  type Value,
} from '@formatlab/core';
import { valueOf } from './decode.js';
import { type Node, PyDict } from './machine/nodes.js';
import type { PickleOptions } from './options.js';
import { MARK, rowsOfForm } from './values/forms.js';
import { member } from './values/known.js';
import { rowsOfStored, type StoredArray, storedArrayOf } from './values/stored-array.js';

/** The value of a node, or the part of it that is asked for: of packed arrays and our tables only that is read. */
export function selected(
  node: Node,
  path: string,
  selection: ReadSelection,
  context: Context<PickleOptions>,
): Value {
  const { slice, columns } = selection;
  if (slice === undefined && columns === undefined) return valueOf(node, context);
  const array = storedArrayOf(node);
  if (array?.order === 'C' && array.shape.length > 0 && array.element.kind !== 'sub' && slice !== undefined) {
    const part =
      array.element.kind === 'struct' && array.shape.length > 1
        ? undefined
        : selectedRows(array, selection, context);
    if (part !== undefined) return part;
  }
  if (node instanceof PyDict && node.pairs[0] === MARK) {
    const part = selectedOfForm(node, selection, context);
    if (part !== undefined) return part;
  }
  return selectFrom(valueOf(node, context), path, selection);
}

function selectedRows(
  array: StoredArray,
  { slice, columns }: ReadSelection,
  context: Context<PickleOptions>,
): Value | undefined {
  const isStruct = array.element.kind === 'struct';
  if (columns !== undefined && !isStruct) return undefined;
  const [first, ...rest] = resolveSelection(slice, array.shape);
  const value = valueOf(rowsOfStored(array, first!.start, spanExtent(first!)), context);
  if (isTable(value)) return sliceTable(value, { slice: [{ step: first!.step }], columns });
  return isNDArray(value) ? gatherSpans(value, [{ ...first!, start: 0 }, ...rest]) : undefined;
}

function selectedOfForm(
  form: PyDict,
  { slice, columns }: ReadSelection,
  context: Context<PickleOptions>,
): Table | undefined {
  const empty = rowsOfForm(form, 0, 0, undefined);
  const described = empty === undefined ? undefined : valueOf(empty, context);
  const rows = member(form, 'rows');
  if (!isTable(described) || typeof rows !== 'number') return undefined;
  pickColumns(described.columns, columns);
  const span = resolveSelection(slice, [rows])[0]!;
  const part = rowsOfForm(form, span.start, spanExtent(span), columns);
  const value = part === undefined ? undefined : valueOf(part, context);
  if (!isTable(value)) return undefined;
  return span.step === 1 ? value : sliceTable(value, { slice: [{ step: span.step }] });
}
