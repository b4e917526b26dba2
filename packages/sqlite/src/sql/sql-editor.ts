import {
  appendValue,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  isTable,
  itemSize,
  joinPath,
  kindOfValue,
  NDArray,
  putValue,
  removeValue,
  sizeOfShape,
  type Table,
  type Value,
  viewData,
} from '@formatlab/core';
import { findTable, parseHead, type TableEntry } from '../layout/catalog.js';
import { isWorthListIndex } from '../layout/list-index.js';
import {
  ARRAYS,
  ARRAYS_LIST_SQL,
  ARRAYS_SQL,
  namesOf,
  normalPath,
  quote,
  storedName,
  TABLES,
  TABLES_SQL,
  VALUES,
  VALUES_SQL,
} from '../layout/names.js';
import { type Plan, type PlannedTable, planValue } from '../layout/plan.js';
import { textArray } from '../layout/text-array.js';
import { parseValue } from '../layout/value-json.js';
import type { SqliteOptions } from '../options.js';
import { same } from '../schema/schema.js';
import { appendRows, BLOB_PLACE, bindable, insertRows, markedReal, placeholderOf } from './append-rows.js';
import type { SqlDatabase } from './driver.js';
import type { Medium } from './medium.js';
import { sqlCatalog } from './sql-catalog.js';
import { unlistedArrays } from './unlisted-arrays.js';

/** Changes by SQL, in the transaction that the medium has under way. */
export class SqlEditor implements Editor {
  readonly #medium: Medium;
  readonly #context: Context<SqliteOptions>;
  readonly #database: SqlDatabase;
  #known: ReturnType<typeof sqlCatalog> | undefined;

  constructor(medium: Medium, context: Context<SqliteOptions>) {
    this.#medium = medium;
    this.#context = context;
    this.#database = medium.database;
  }

  put(path: string, value: Value): void {
    const pointer = normalPath(path);
    const above = this.#valueAbove(pointer);
    if (above !== undefined) {
      this.#replace(above.path, putValue(above.value, joinPath(namesOf(pointer).slice(above.depth)), value));
      return;
    }
    this.#refuseAbove(pointer);
    this.#replace(pointer, value);
  }

  append(path: string, value: Value): void {
    const pointer = normalPath(path);
    const { catalog, schema } = this.#catalog();
    const entry = findTable(catalog, pointer);
    if (entry !== undefined) {
      if (!isTable(value))
        throw new FormatError(
          'unsupported',
          `append ${kindOfValue(value)} to '${path}': the entry is table`,
          { path },
        );
      if (schema.triggers.some((trigger) => same(trigger.table, entry.info.name)))
        throw new FormatError(
          'unsupported',
          `append rows to '${path}': the table has triggers, which are not run`,
          {
            path,
            feature: 'triggers',
          },
        );
      this.#appendTo(entry, value);
      return;
    }
    const old = this.#readOther(pointer);
    if (old === undefined)
      throw new FormatError('not-found', `append to '${path}': no entry of this name`, { path });
    this.put(pointer, appendValue(old, value, path));
  }

  remove(path: string): void {
    const pointer = normalPath(path);
    if (pointer === '')
      throw new FormatError('unsupported', `remove '${path}': the root can only be replaced`, { path });
    const above = this.#valueAbove(pointer);
    if (above !== undefined) {
      this.#replace(above.path, removeValue(above.value, joinPath(namesOf(pointer).slice(above.depth))));
      return;
    }
    if (this.#clear(pointer) === 0)
      throw new FormatError('not-found', `remove '${path}': no entry of this name`, { path });
  }

  async writeBatches(path: string, batches: AsyncIterable<Table>): Promise<void> {
    let exists = findTable(this.#catalog().catalog, normalPath(path)) !== undefined;
    let rows = 0;
    for await (const batch of batches) {
      if (exists) this.append(path, batch);
      else this.put(path, batch);
      exists = true;
      rows += batch.rows;
      this.#context.progress(rows);
    }
  }

  async commit(): Promise<Commit> {
    const commit = await this.#medium.commit();
    this.#known = undefined;
    return commit;
  }

  close(): Promise<void> {
    return this.#medium.close();
  }

  #catalog(): ReturnType<typeof sqlCatalog> {
    this.#known ??= sqlCatalog(this.#database, this.#context.budget);
    return this.#known;
  }

  #replace(path: string, value: Value): void {
    const taken = new Set([ARRAYS, VALUES, TABLES]);
    const old = this.#catalog().schema;
    const gone = new Set(this.#tablesBelow(path).map(({ info }) => info.name.toLowerCase()));
    for (const { name } of [...old.tables, ...old.indexes, ...old.virtual])
      if (!gone.has(name.toLowerCase())) taken.add(name.toLowerCase());
    for (const view of old.views) taken.add(view.toLowerCase());
    const plan = planValue(value, path, this.#context.budget, {
      table: this.#context.options.table ?? 'data',
      taken,
    });
    // The row of an array of this name is written over: it keeps its place.
    const kept = plan.arrays.some(({ name }) => name === storedName(path)) ? storedName(path) : undefined;
    this.#clear(path, kept);
    this.#write(plan);
  }

  #write(plan: Plan): void {
    for (const table of plan.tables) this.#createTable(table);
    if (plan.arrays.length > 0) {
      this.#ensure(ARRAYS, ARRAYS_SQL);
      const before = unlistedArrays(this.#database, this.#catalog().schema);
      const statement = this.#database.prepare(
        `INSERT INTO ${ARRAYS} (name, dtype, shape, data) VALUES (?, ?, ?, ${BLOB_PLACE}) ON CONFLICT (name) DO UPDATE SET dtype = excluded.dtype, shape = excluded.shape, data = excluded.data`,
      );
      try {
        for (const { name, dtype, shape, data } of plan.arrays)
          statement.run([name, dtype, shape, bindable(data, BLOB_PLACE)]);
      } finally {
        statement.finalize();
      }
      const bytes = plan.arrays.reduce((sum, { data }) => sum + data.byteLength, before?.bytes ?? 0);
      if (before !== undefined && isWorthListIndex(before.arrays + plan.arrays.length, bytes))
        this.#database.exec(ARRAYS_LIST_SQL);
    }
    for (const { name, value } of plan.values) {
      this.#ensure(VALUES, VALUES_SQL);
      this.#run(`INSERT INTO ${VALUES} (name, value) VALUES (?, ?)`, [name, value]);
    }
    this.#known = undefined;
  }

  #createTable(table: PlannedTable): void {
    this.#database.exec(table.sql);
    this.#known = undefined;
    insertRows(
      this.#database,
      table.sqlName,
      table.columnNames,
      table.columns.map((source, i) => {
        const column = table.source.columns[i];
        const place = column === undefined ? '?' : placeholderOf(column);
        const real =
          column !== undefined && isNDArray(column.values) && column.values.dtype.startsWith('float');
        return {
          place,
          // What stands for NaN was planned for the whole column; only −0 has to be marked.
          cell: (row: number) => {
            const cell = source.cell(row);
            return real && cell !== null ? markedReal(cell, column, row) : cell;
          },
        };
      }),
      table.rows,
    );
    const minusZero = table.source.columns.some(
      ({ values }) =>
        isNDArray(values) &&
        /^float(32|64)$/.test(values.dtype) &&
        (values.data as Float64Array).some((x) => Object.is(x, -0)),
    );
    if (table.needsEntry || minusZero)
      this.#describe(table.name, table.sqlName, table.described ?? (minusZero ? table.description : null));
  }

  #describe(name: string, sqlName: string, columns: string | null): void {
    this.#ensure(TABLES, TABLES_SQL);
    this.#run(
      `INSERT INTO ${TABLES} (name, table_name, columns) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET table_name = excluded.table_name, columns = excluded.columns`,
      [name, sqlName, columns],
    );
    this.#known = undefined;
  }

  #appendTo(entry: TableEntry, rows: Table): void {
    const { describe } = appendRows(this.#database, entry, rows, this.#context.budget);
    if (describe !== undefined) this.#describe(storedName(entry.path), entry.info.name, describe);
  }

  /** Takes away what stands at a path and below it; answers how much that was. `kept` stays, to be written over. */
  #clear(path: string, kept?: string): number {
    let count = 0;
    for (const { info, path: at } of this.#tablesBelow(path)) {
      this.#database.exec(`DROP TABLE ${quote(info.name)}`);
      if (this.#has(TABLES)) this.#run(`DELETE FROM ${TABLES} WHERE name = ?`, [storedName(at)]);
      count++;
    }
    for (const table of [ARRAYS, VALUES]) {
      if (!this.#has(table)) continue;
      for (const name of this.#namesBelow(table, path)) {
        if (!(table === ARRAYS && name === kept)) this.#run(`DELETE FROM ${table} WHERE name = ?`, [name]);
        count++;
      }
    }
    this.#known = undefined;
    return count;
  }

  #tablesBelow(path: string): readonly TableEntry[] {
    return this.#catalog().catalog.tables.filter((table) => isBelow(table.path, path));
  }

  #namesBelow(table: string, path: string): string[] {
    const stored = storedName(path);
    // By the index: the name itself, and all that begin with it and a slash, which `0` stands behind.
    const rows =
      path === ''
        ? this.#database.all(`SELECT name FROM ${table}`)
        : this.#database.all(`SELECT name FROM ${table} WHERE name = ? OR (name >= ? AND name < ?)`, [
            stored,
            `${stored}/`,
            `${stored}0`,
          ]);
    return rows.map(({ name }) => String(name));
  }

  /** The nearest value of JSON above a path. */
  #valueAbove(
    path: string,
  ): { readonly path: string; readonly depth: number; readonly value: Value } | undefined {
    if (!this.#has(VALUES)) return undefined;
    const names = namesOf(path);
    for (let depth = names.length - 1; depth >= 0; depth--) {
      const at = joinPath(names.slice(0, depth));
      const value = this.#readValue(at);
      if (value !== undefined) return { path: at, depth, value };
    }
    return undefined;
  }

  /** @throws FormatError `not-found` where an array or a table stands above */
  #refuseAbove(path: string): void {
    const names = namesOf(path);
    for (let depth = 0; depth < names.length; depth++) {
      const at = joinPath(names.slice(0, depth));
      const table = findTable(this.#catalog().catalog, at) !== undefined;
      const array =
        this.#has(ARRAYS) &&
        this.#database.all(`SELECT 1 FROM ${ARRAYS} WHERE name = ?`, [storedName(at)]).length > 0;
      if (table || array)
        throw new FormatError(
          'not-found',
          `put '${path}': ${table ? 'table' : 'ndarray'} above it has no named entries`,
          { path },
        );
    }
  }

  #readOther(path: string): Value | undefined {
    const above = this.#readValue(path);
    if (above !== undefined || !this.#has(ARRAYS)) return above;
    const name = storedName(path);
    const [row] = this.#database.all(`SELECT dtype, shape, data FROM ${ARRAYS} WHERE name = ?`, [name]);
    if (row === undefined) return undefined;
    const { dtype, shape, unit } = parseHead(name, String(row.dtype), String(row.shape));
    const data = row.data instanceof Uint8Array ? row.data : new Uint8Array(0);
    this.#context.budget.takeBytes(data.byteLength, `array '${name}'`);
    if (itemSize(dtype) === 0) return textArray(data, name, dtype, shape, this.#context.budget);
    if (data.byteLength !== sizeOfShape(shape) * itemSize(dtype))
      throw new FormatError(
        'corrupt',
        `read array '${name}': ${data.byteLength} bytes for shape [${shape}]`,
        { path },
      );
    return new NDArray({ dtype, unit, shape, data: viewData(dtype, data, sizeOfShape(shape)) });
  }

  #readValue(path: string): Value | undefined {
    if (!this.#has(VALUES)) return undefined;
    const name = storedName(path);
    const [row] = this.#database.all(`SELECT value FROM ${VALUES} WHERE name = ?`, [name]);
    return row === undefined
      ? undefined
      : parseValue(String(row.value), this.#context.budget, `value '${name}'`);
  }

  #has(table: string): boolean {
    return this.#catalog().schema.tables.some(({ name }) => name === table);
  }

  #ensure(table: string, sql: string): void {
    if (this.#has(table)) return;
    this.#database.exec(sql);
    this.#known = undefined;
  }

  #run(sql: string, values: readonly (string | Uint8Array | null)[]): void {
    const statement = this.#database.prepare(sql);
    try {
      statement.run(values);
    } finally {
      statement.finalize();
    }
  }
}

function isBelow(path: string, root: string): boolean {
  return path === root || path.startsWith(`${root}/`);
}
