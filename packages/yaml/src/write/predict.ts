import {
  isNDArray,
  isRecord,
  isTable,
  type NDArray,
  type Table,
  toNested,
  toRows,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { Rules } from '../options.js';
import { FloatMarks } from '../parse/nodes.js';
import { shaped } from '../read/shape.js';

type Wanted = Pick<Rules, 'arrays' | 'tables'>;

/** Whether a value is read back as an array or table where the reader looks for them. */
export function readsAs(value: Value, rules: Wanted): 'array' | 'table' | undefined {
  if (isNDArray(value)) return rules.arrays !== 'never' && isArrayText(value) ? 'array' : undefined;
  if (isTable(value)) return rules.tables !== 'never' && isTableText(value) ? 'table' : undefined;
  if (!Array.isArray(value)) return undefined;
  const marks = new FloatMarks();
  const read = shaped(asRead(value, marks) as readonly Value[], rules, marks);
  return read === undefined ? undefined : isTable(read) ? 'table' : 'array';
}

/** Whether the reader takes the root's members for arrays and tables. */
export function readsAsEntries(value: Value, rules: Wanted): value is ValueRecord {
  if (!isRecord(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => readsAs(member, rules) !== undefined);
}

function isArrayText({ dtype, shape, data }: NDArray): boolean {
  return shape.length > 0 && data.length > 0 && (dtype === 'float64' || dtype === 'int64');
}

const CELLS: ReadonlySet<string> = new Set(['float64', 'int64', 'bool', 'string', 'bytes', 'datetime64']);

/** Whether each row is a map of scalars, each column of one type. */
function isTableText(table: Table): boolean {
  return (
    table.rows > 0 &&
    table.columns.length > 0 &&
    table.columns.every(
      ({ type, values }) =>
        type.kind === 'scalar' && isNDArray(values) && values.shape.length === 1 && CELLS.has(values.dtype),
    )
  );
}

/** Lists as the parser will make them. */
function asRead(value: Value, marks: FloatMarks): Value {
  if (Array.isArray(value)) return value.map((item: Value) => asRead(item, marks));
  if (isNDArray(value)) {
    const nested = toNested(value) as Value;
    if (value.dtype === 'float64') markFloats(nested, marks);
    return nested;
  }
  return isTable(value) ? toRows(value) : value;
}

function markFloats(nested: Value, marks: FloatMarks): void {
  if (!Array.isArray(nested)) return;
  if (Array.isArray(nested[0])) for (const item of nested as readonly Value[]) markFloats(item, marks);
  else marks.addItem(nested);
}
