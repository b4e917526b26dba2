import {
  attributesOf,
  type Budget,
  type Column,
  type ColumnType,
  type Context,
  childPath,
  DEFAULT_DEPTH,
  isNDArray,
  NDArray,
  scalarType,
  Table,
  toCOrder,
  withAttributes,
} from '@formatlab/core';
import { writeAttributes } from '../attributes.js';
import { unsupported } from '../corrupt.js';
import type { KeyValue } from '../footer.js';
import { ARRAY_KEY, COLUMNS_KEY, type ColumnNotes } from '../notes.js';
import type { SchemaElement } from '../schema/element.js';
import { type Field, fieldOf } from '../schema/field.js';
import { INT64_DIGITS } from '../schema/leaf-kind.js';
import { type PlannedElements, planElements, type Ticks } from '../schema/plan-element.js';
import { schemaTree } from '../schema/tree.js';
import { ticksOf } from '../ticks.js';

/** What a new file is going to say of a table. */
export interface FilePlan {
  readonly elements: readonly SchemaElement[];
  readonly fields: readonly Field[];
  readonly keyValues: readonly KeyValue[];
}

type PlanContext = Pick<Context<unknown>, 'loss'> & {
  /** For writers that know no times: all ticks as plain INT64 with a note. */
  readonly rawTicks?: boolean;
  /** For a table of which more rows come: a NaT may be among them. */
  readonly batches?: boolean;
};

/** Schema and metadata for a table; the array that it stands for is noted. @throws FormatError `unsupported` */
export function planFile(table: Table, array: NDArray | undefined, context: PlanContext): FilePlan {
  const plan: PlannedElements = {
    elements: [{ name: 'schema', children: table.columns.length }],
    notes: new Map(),
  };
  for (const column of table.columns) planColumn(plan, column, context);
  const keyValues: KeyValue[] = [];
  if (array !== undefined) {
    const { dtype, shape, unit } = array;
    keyValues.push({ key: ARRAY_KEY, value: JSON.stringify({ dtype, shape, unit }) });
  }
  if (plan.notes.size > 0)
    keyValues.push({ key: COLUMNS_KEY, value: JSON.stringify(Object.fromEntries(plan.notes)) });
  keyValues.push(...writeAttributes(attributesOf(array ?? table), '', context.loss));
  return { elements: plan.elements, fields: fieldsOf(plan.elements, plan.notes), keyValues };
}

/** The fields that a schema of ours gives, as reading sees them. */
function fieldsOf(elements: readonly SchemaElement[], notes: ColumnNotes): readonly Field[] {
  const { root } = schemaTree(elements, { checkDepth } as Pick<Budget, 'checkDepth'>, {
    notes,
    int96: { unit: 'ns', wraps: false },
  });
  return root.children.map(fieldOf);
}

function checkDepth(depth: number): void {
  if (depth > DEFAULT_DEPTH)
    throw unsupported(`write schema as parquet: nested deeper than ${DEFAULT_DEPTH}`, 'deep schemas');
}

function planColumn(plan: PlannedElements, column: Column, context: PlanContext): void {
  const { name, values } = column;
  const type = knownUnit(column);
  reportDecimals(type, childPath('', name), context);
  const found = ticksOf({ ...column, type });
  const inner = isNDArray(values) ? values.shape.slice(1) : [];
  const ticks: Ticks = {
    raw: found.raw || context.rawTicks === true,
    nat: found.nat || (context.batches === true && inner.length === 0 && mayHaveNat(type)),
  };
  if (inner.length === 0) {
    planElements(plan, name, type, '', ticks);
    return;
  }
  planBlock(plan, column, type, inner, ticks, context);
}

/** Whether NaT stands among the values: where there are nulls, it is one of them. */
function mayHaveNat(type: ColumnType): boolean {
  return (
    type.kind === 'scalar' && !type.nullable && (type.dtype === 'datetime64' || type.dtype === 'timedelta64')
  );
}

/** Rows of arrays: lists in lists, all required, and a note of their lengths. */
function planBlock(
  plan: PlannedElements,
  column: Column,
  type: ColumnType,
  shape: readonly number[],
  ticks: Ticks,
  context: PlanContext,
): void {
  const path = childPath('', column.name);
  if (column.valid?.includes(0))
    throw unsupported(
      `write '${path}' as parquet: rows of shape [${shape}] with nulls among them`,
      'nulls in columns of arrays',
      { path },
    );
  if (type.nullable)
    context.loss({ path, kind: 'type', from: 'nullable column', to: 'column without nulls' });
  let nested: ColumnType = { ...type, nullable: false };
  for (let axis = 0; axis < shape.length; axis++) nested = { kind: 'list', item: nested, nullable: false };
  planElements(plan, column.name, nested, '', ticks);
  plan.notes.set(path, { shape });
}

/** The type with the unit that its values have. */
function knownUnit({ type, values }: Column): ColumnType {
  if (type.kind !== 'scalar' || !isNDArray(values) || type.unit !== undefined || values.unit === undefined)
    return type;
  return { ...type, unit: values.unit };
}

/** Which dtype holds a decimal follows from its precision; a column that has it otherwise comes back changed. */
function reportDecimals(type: ColumnType, path: string, context: PlanContext): void {
  switch (type.kind) {
    case 'list':
      reportDecimals(type.item, path, context);
      return;
    case 'map':
      reportDecimals(type.key, path, context);
      reportDecimals(type.value, path, context);
      return;
    case 'struct':
      for (const field of type.fields) reportDecimals(field.type, childPath(path, field.name), context);
      return;
    case 'scalar': {
      if (type.decimal === undefined) return;
      const dtype = type.decimal.precision <= INT64_DIGITS ? 'int64' : 'string';
      if (type.dtype !== dtype)
        context.loss({ path, kind: 'dtype', from: `decimal in ${type.dtype}`, to: `decimal in ${dtype}` });
    }
  }
}

/** An array as a table of one column of its elements in C order. */
export function tableOfArray(array: NDArray): Table {
  const { dtype, unit } = array;
  const flat = new NDArray({ dtype, shape: [array.size], data: toCOrder(array).data, unit });
  const type = scalarType(dtype, unit === undefined ? {} : { unit });
  const table = new Table(array.size, [{ name: 'value', type, values: flat }]);
  const attributes = attributesOf(array);
  return attributes === undefined ? table : withAttributes(table, attributes);
}
