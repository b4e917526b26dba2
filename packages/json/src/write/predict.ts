import {
  elementAt,
  isNDArray,
  isRecord,
  isTable,
  type NDArray,
  type Table,
  type Value,
  type ValueRecord,
} from '@formatlab/core';
import type { Rules } from '../options.js';

/**
 * What a value will be read back as, when it stands where the reader looks for arrays and tables. Where this
 * can't be told cheaply it is undefined, and more is reported as lost than is.
 */
export function readsAs(value: Value, rules: Rules): 'array' | 'table' | undefined {
  if (isNDArray(value)) return rules.arrays !== 'never' && isArrayText(value, rules) ? 'array' : undefined;
  if (isTable(value)) return rules.tables !== 'never' && isTableText(value) ? 'table' : undefined;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (isRecord(value[0])) return rules.tables !== 'never' && areRows(value, rules) ? 'table' : undefined;
  return rules.arrays !== 'never' && isNumberList(value, rules) ? 'array' : undefined;
}

/** Whether the reader takes the root's members for arrays and tables. */
export function readsAsEntries(value: Value, rules: Rules): value is ValueRecord {
  if (!isRecord(value)) return false;
  const members = Object.values(value);
  return members.length > 0 && members.every((member) => readsAs(member, rules) !== undefined);
}

function isArrayText(array: NDArray, rules: Rules): boolean {
  if (array.shape.length === 0 || array.data.length === 0) return false;
  if (array.dtype === 'int64') return true;
  return (
    array.dtype === 'float64' && (rules.nan !== 'null' || (array.data as Float64Array).every(Number.isFinite))
  );
}

const FLAT_DTYPES = new Set(['float64', 'int64', 'bool', 'string', 'datetime64', 'bytes']);

/** Whether each row is a record of scalars, each column of one type. */
export function isTableText(table: Table): boolean {
  return (
    table.rows > 0 &&
    table.columns.length > 0 &&
    table.columns.every(
      ({ type, values }) =>
        type.kind === 'scalar' &&
        isNDArray(values) &&
        values.shape.length === 1 &&
        FLAT_DTYPES.has(values.dtype),
    )
  );
}

/** The numbers of one list or column, as the reader sees them. */
class NumberKinds {
  #float = false;
  #rounded = false;
  #beyondInt64 = false;

  add(value: number | bigint): void {
    if (typeof value === 'number') {
      if (!Number.isSafeInteger(value) || Object.is(value, -0)) this.#float = true;
    } else {
      if (BigInt(Number(value)) !== value) this.#rounded = true;
      if (BigInt.asIntN(64, value) !== value) this.#beyondInt64 = true;
    }
  }

  get fit(): boolean {
    return this.#float ? !this.#rounded : !this.#beyondInt64;
  }
}

function isNumberList(list: readonly Value[], rules: Rules): boolean {
  const kinds = new NumberKinds();
  return shapeOf(list, rules, kinds) !== undefined && kinds.fit;
}

/** The shape of nested lists of numbers, and of arrays among them; undefined where they have none. */
function shapeOf(value: Value, rules: Rules, kinds: NumberKinds): string | undefined {
  if (
    typeof value === 'bigint' ||
    (typeof value === 'number' && (rules.nan !== 'null' || Number.isFinite(value)))
  ) {
    kinds.add(value);
    return '';
  }
  if (isNDArray(value)) {
    if (value.data.length === 0 || (value.dtype !== 'int64' && value.dtype !== 'float64')) return undefined;
    for (let i = 0; i < value.data.length; i++) {
      const item = elementAt(value, i) as number | bigint;
      if (typeof item === 'number') {
        if (rules.nan === 'null' && !Number.isFinite(item)) return undefined;
        kinds.add(0.5);
      } else kinds.add(item);
    }
    return value.shape.map((length) => `,${length}`).join('');
  }
  if (!Array.isArray(value) || value.length === 0) return undefined;
  const inner = shapeOf(value[0] as Value, rules, kinds);
  if (inner === undefined) return undefined;
  for (let i = 1; i < value.length; i++)
    if (shapeOf(value[i] as Value, rules, kinds) !== inner) return undefined;
  return `,${value.length}${inner}`;
}

/** Whether the reader makes a table of a list of records. */
function areRows(list: readonly Value[], rules: Rules): boolean {
  const first = Object.keys(list[0] as ValueRecord);
  if (first.length === 0) return false;
  const columns = new Map(first.map((name) => [name, { kind: 'null', numbers: new NumberKinds() }]));
  for (const row of list) {
    if (!isRecord(row)) return false;
    const names = Object.keys(row);
    if (rules.tables === 'always') continue;
    if (names.length !== first.length) return false;
    for (const name of names) {
      const column = columns.get(name);
      const kind = kindOfCell(row[name]!, rules);
      if (column === undefined || kind === undefined) return false;
      if (kind === 'null') continue;
      if (column.kind !== 'null' && column.kind !== kind) return false;
      column.kind = kind;
      if (kind === 'number') column.numbers.add(numberOf(row[name]!));
    }
  }
  return [...columns.values()].every((column) => column.numbers.fit);
}

function kindOfCell(value: Value, rules: Rules): string | undefined {
  if (value === null) return 'null';
  if (isNDArray(value))
    return value.shape.length === 0 && FLAT_DTYPES.has(value.dtype)
      ? kindOfCell(elementAt(value, 0), rules)
      : undefined;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'null' : 'string';
  if (value instanceof Uint8Array) return 'string';
  if (typeof value === 'number') return rules.nan === 'null' && !Number.isFinite(value) ? 'null' : 'number';
  if (typeof value === 'bigint') return 'number';
  return typeof value === 'object' ? undefined : typeof value;
}

function numberOf(value: Value): number | bigint {
  if (!isNDArray(value)) return value as number | bigint;
  return value.dtype === 'float64' ? 0.5 : (elementAt(value, 0) as bigint);
}

/** Whether a column has a null. */
export function hasNull(column: Table['columns'][number]): boolean {
  return column.valid?.includes(0) === true;
}

/** Whether a column has no value at all. */
export function isAllNull(column: Table['columns'][number], rows: number): boolean {
  return rows > 0 && column.valid !== undefined && !column.valid.includes(1);
}
