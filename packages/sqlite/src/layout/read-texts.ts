import { CellColumn } from '../cells/cell-column.js';
import { scanRows } from '../cells/scan.js';
import type { Database } from '../file/database.js';
import type { Job } from '../file/job.js';
import { type IndexInfo, type Schema, same, type TableColumn, type TableInfo } from '../schema/schema.js';

/**
 * Columns of one of our tables, row by row in the order of its key; undefined for what is no text. Where an index holds all
 * of them it is read instead of the table, between whose pages those of large rows lie.
 */
export function* readTexts(
  database: Database,
  info: TableInfo,
  names: readonly string[],
): Job<(string | undefined)[][]> {
  const { pager, budget, schema } = database;
  const index = coveringIndex(schema, info, names);
  const table = index === undefined ? info : asTable(index, info);
  const wanted = names.map((name) => columnOf(table, name));
  const key = index === undefined ? [] : [table.columns.at(-1)!];
  const columns = [...wanted, ...key].map(() => new CellColumn(pager!.header.encoding, false));
  const rows = yield* scanRows(pager!, table, [...wanted, ...key], columns, budget);
  const order = Array.from({ length: rows }, (_, row) => row);
  if (index !== undefined) {
    const keys = order.map((row) => Number(columns.at(-1)!.at(row)));
    order.sort((a, b) => keys[a]! - keys[b]!);
  }
  return order.map((row) =>
    wanted.map((_, i) => {
      const cell = columns[i]!.at(row);
      return typeof cell === 'string' ? cell : undefined;
    }),
  );
}

/** An index that holds these columns of every row of a table. */
export function coveringIndex(
  schema: Schema,
  info: TableInfo,
  names: readonly string[],
): IndexInfo | undefined {
  if (info.withoutRowid) return undefined;
  return schema.indexes.find(
    ({ table, columns }) =>
      same(table, info.name) && names.every((name) => columns?.some((column) => same(column, name))),
  );
}

/** Records of an index are rows of a tree without rowids: its columns and behind them the key of the table's row. */
function asTable({ root, columns }: IndexInfo, info: TableInfo): TableInfo {
  const held = columns!.map((name, field) => ({ ...columnOf(info, name), field }));
  const key: TableColumn = { ...held[0]!, name: 'rowid', affinity: 'integer', field: held.length };
  return { ...info, root, withoutRowid: true, columns: [...held, key] };
}

function columnOf(info: TableInfo, name: string): TableColumn {
  return info.columns.find((column) => same(column.name, name))!; // looked for by `ownTable` and the schema
}
