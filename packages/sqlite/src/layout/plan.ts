import {
  type Budget,
  byteLengthOf,
  childPath,
  FormatError,
  isNDArray,
  isRecord,
  isTable,
  itemSize,
  type NDArray,
  type Table,
  toCOrder,
  type Value,
} from '@formatlab/core';
import type { CellSource } from '../write/cell-source.js';
import { planColumn } from '../write/plan-column.js';
import { dtypeCode } from './dtype-code.js';
import { freeName, isPlainTableName, isText, namesOf, quote, storedName } from './names.js';
import { bytesOf, toJson } from './value-json.js';

/** SQLite's default limits (limits.html). */
const MOST_BLOB = 1_000_000_000;
const MOST_COLUMNS = 2000;

export interface PlannedArray {
  readonly name: string;
  readonly dtype: string;
  readonly shape: string;
  readonly data: Uint8Array;
}

export interface PlannedTable {
  /** Stored name of the entry. */
  readonly name: string;
  readonly sqlName: string;
  readonly sql: string;
  readonly columns: readonly CellSource[];
  readonly columnNames: readonly string[];
  readonly rows: number;
  /** JSON for `formatlab_tables`, where SQL alone does not tell the columns' names and types. */
  readonly described: string | null;
  /** The same, needed or not. */
  readonly description: string;
  readonly source: Table;
  readonly needsEntry: boolean;
}

/** A value as tables, arrays and JSON texts. */
export interface Plan {
  readonly tables: readonly PlannedTable[];
  readonly arrays: readonly PlannedArray[];
  readonly values: readonly { readonly name: string; readonly value: string }[];
}

/** What a value is written as: everything is checked and converted before the first byte. */
export function planValue(
  value: Value,
  path: string,
  budget: Budget,
  settings: { readonly table: string; readonly taken: Set<string> },
): Plan {
  const planner = new Planner(budget, settings.table, settings.taken);
  planner.add(value, path, 0);
  return planner;
}

class Planner implements Plan {
  readonly tables: PlannedTable[] = [];
  readonly arrays: PlannedArray[] = [];
  readonly values: { name: string; value: string }[] = [];
  readonly #budget: Budget;
  readonly #table: string;
  readonly #taken: Set<string>;

  constructor(budget: Budget, table: string, taken: Set<string>) {
    this.#budget = budget;
    this.#table = table;
    this.#taken = taken;
  }

  add(value: Value, path: string, depth: number): void {
    this.#budget.checkDepth(depth, 'a value to be written');
    const name = storedName(path);
    if (!isText(name))
      throw new FormatError('unsupported', `write entry '${path}' to SQLite: its name is no UTF-8 text`, {
        format: 'sqlite',
        path,
        feature: 'such names',
      });
    if (isNDArray(value)) this.arrays.push(planArray(value, name, path, this.#budget));
    else if (isTable(value)) this.tables.push(this.#planTable(value, name, path));
    else if (
      isRecord(value) &&
      (path === '' || holdsData(value, 0, this.#budget)) &&
      Object.keys(value).length > 0
    )
      for (const key of Object.keys(value)) this.add(value[key]!, childPath(path, key), depth + 1);
    else if (!(isRecord(value) && path === '')) {
      const text = JSON.stringify(toJson(value, this.#budget));
      checkSize(text.length, path);
      this.values.push({ name, value: text });
    }
  }

  #planTable(table: Table, name: string, path: string): PlannedTable {
    if (table.columns.length > MOST_COLUMNS)
      throw new FormatError(
        'unsupported',
        `write table '${path}' to SQLite: ${table.columns.length} columns, at most ${MOST_COLUMNS}`,
        { format: 'sqlite', path, feature: 'wide tables' },
      );
    const names = namesOf(path);
    const wanted = path === '' ? this.#table : names.join('/');
    const sqlName = freeName(
      isPlainTableName(wanted) ? wanted : `table_${wanted.replace(/[^\w]/g, '_')}`,
      this.#taken,
    );
    const taken = new Set<string>();
    const columns = table.columns.map((column) => ({
      column,
      sqlName: freeName(isText(column.name) ? column.name : 'column', taken),
      planned: planColumn(column, this.#budget, childPath(path, column.name)),
    }));
    const plain =
      columns.length > 0 &&
      columns.every(({ column, sqlName: sql, planned }) => planned.plain && sql === column.name);
    const declared = columns.map(({ sqlName: column, planned }) => `${quote(column)} ${planned.declared}`);
    const described = columns.map(({ column, sqlName: sql, planned }) => ({
      name: column.name,
      ...(sql === column.name ? {} : { column: sql }),
      type: column.type,
      ...(planned.item === undefined ? {} : { item: planned.item }),
    }));
    // A table of SQL has at least one column.
    const filler = columns.length === 0 ? [FILLER] : [];
    return {
      name,
      sqlName,
      sql: `CREATE TABLE ${quote(sqlName)} (${[...declared, ...filler.map(({ sql }) => sql)].join(', ')})`,
      columns: [...columns.map(({ planned }) => planned.source), ...filler.map(({ source }) => source)],
      columnNames: [
        ...columns.map(({ sqlName: column }) => column),
        ...filler.map(({ name: column }) => column),
      ],
      rows: table.rows,
      described: plain ? null : JSON.stringify(described),
      description: JSON.stringify(described),
      source: table,
      needsEntry: !plain || names.length !== 1 || sqlName !== names[0],
    };
  }
}

const FILLER = {
  name: 'formatlab_row',
  sql: 'formatlab_row INTEGER',
  source: { serial: () => 0, write: () => {}, cell: () => null },
} as const;

/** Whether an array or a table lies somewhere in records below: then these are groups, else one text of JSON. */
function holdsData(value: Value, depth: number, budget: Budget): boolean {
  budget.checkDepth(depth, 'a value to be written');
  if (isNDArray(value) || isTable(value)) return true;
  return isRecord(value) && Object.values(value).some((member) => holdsData(member, depth + 1, budget));
}

export function planArray(array: NDArray, name: string, path: string, budget: Budget): PlannedArray {
  const { dtype, unit, shape } = array;
  const { data } = toCOrder(array);
  const bytes =
    itemSize(dtype) > 0
      ? bytesOf(data as Float64Array)
      : new TextEncoder().encode(
          JSON.stringify((data as unknown as readonly Value[]).map((item) => toJson(item, budget))),
        );
  checkSize(byteLengthOf(bytes), path);
  return { name, dtype: dtypeCode(dtype, unit), shape: JSON.stringify(shape), data: bytes };
}

function checkSize(bytes: number, path: string): void {
  if (bytes > MOST_BLOB - 10_000)
    throw new FormatError(
      'unsupported',
      `write '${path}' to SQLite: ${bytes} bytes in one row, SQLite reads at most ${MOST_BLOB}`,
      { format: 'sqlite', path, feature: 'large blobs' },
    );
}
