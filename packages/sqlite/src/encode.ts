import type { Bytes, Context, Value } from '@formatlab/core';
import { isWorthListIndex } from './layout/list-index.js';
import {
  ARRAYS,
  ARRAYS_LIST,
  ARRAYS_LIST_SQL,
  ARRAYS_SQL,
  TABLES,
  TABLES_SQL,
  VALUES,
  VALUES_SQL,
} from './layout/names.js';
import { type Plan, planValue } from './layout/plan.js';
import { pageSizeOf, type SqliteOptions } from './options.js';
import { cellsOfValues } from './write/cell-source.js';
import { DatabaseBuilder } from './write/database-builder.js';

/**
 * A new database: tables as tables of SQL, arrays as blobs in `formatlab_arrays`, other values as JSON in
 * `formatlab_values`. Written page by page, without the library.
 *
 * @throws FormatError `unsupported` for what has no form in SQLite
 */
export function encode(value: Value, context: Context<SqliteOptions>): Bytes {
  const pageSize = pageSizeOf(context.options);
  const plan = planValue(value, '', context.budget, {
    table: context.options.table ?? 'data',
    taken: new Set([ARRAYS, VALUES, TABLES]),
  });
  return buildDatabase(plan, pageSize);
}

export function buildDatabase(plan: Plan, pageSize: number): Uint8Array[] {
  const builder = new DatabaseBuilder(pageSize);
  const add = (
    name: string,
    sql: string,
    rows: readonly (readonly (string | Uint8Array | null)[])[],
  ): void => {
    if (rows.length === 0) return;
    const columns = rows[0]!.map((_, field) => cellsOfValues(rows.map((row) => row[field]!)));
    builder.addTable(
      name,
      sql,
      columns,
      rows.length,
      rows.map((row) => row[0] as string),
    );
  };
  for (const table of plan.tables) builder.addTable(table.sqlName, table.sql, table.columns, table.rows);
  add(
    TABLES,
    TABLES_SQL,
    plan.tables
      .filter(({ needsEntry }) => needsEntry)
      .map(({ name, sqlName, described }) => [name, sqlName, described]),
  );
  add(
    VALUES,
    VALUES_SQL,
    plan.values.map(({ name, value }) => [name, value]),
  );
  add(
    ARRAYS,
    ARRAYS_SQL,
    plan.arrays.map(({ name, dtype, shape, data }) => [name, dtype, shape, data]),
  );
  const bytes = plan.arrays.reduce((sum, { data }) => sum + data.byteLength, 0);
  if (isWorthListIndex(plan.arrays.length, bytes))
    builder.addIndex(
      ARRAYS_LIST,
      ARRAYS,
      ARRAYS_LIST_SQL,
      plan.arrays.map(({ name, dtype, shape }) => [name, dtype, shape]),
    );
  return builder.finish();
}
