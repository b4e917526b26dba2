import {
  type Context,
  type Entry,
  FormatError,
  joinPath,
  type NDArray,
  newRecord,
  pickColumns,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type Selection,
  selectFrom,
  type Table,
  type Value,
  valueAt,
} from '@formatlab/core';
import { CellColumn } from '../cells/cell-column.js';
import { finishColumn } from '../cells/finish-column.js';
import { type TextReader, textReader } from '../cells/text.js';
import { corrupt } from '../file/faults.js';
import { partOfArray } from '../layout/array-part.js';
import {
  describeColumns,
  findTable,
  parseHead,
  readableColumns,
  refuseByName,
  type TableEntry,
  withGroups,
} from '../layout/catalog.js';
import { makeTable } from '../layout/make-table.js';
import { ARRAYS, namesOf, normalPath, pathOfStored, quote, storedName, VALUES } from '../layout/names.js';
import { assemble, reportDropped } from '../layout/read-root.js';
import { parseValue } from '../layout/value-json.js';
import type { SqliteOptions } from '../options.js';
import type { SqlDatabase } from './driver.js';
import { sqlCatalog } from './sql-catalog.js';

/** Reads with an SQLite library. Rows are counted from the first in the order of the table's key. */
export class SqlReader implements Reader {
  readonly #database: SqlDatabase;
  readonly #context: Context<SqliteOptions>;
  readonly #known: ReturnType<typeof sqlCatalog>;
  readonly #text: TextReader;
  readonly #close: () => void | Promise<void>;

  constructor(database: SqlDatabase, context: Context<SqliteOptions>, close: () => void | Promise<void>) {
    this.#database = database;
    this.#context = context;
    this.#known = sqlCatalog(database, context.budget);
    const encoding = String(Object.values(database.all('PRAGMA encoding')[0] ?? {})[0]).toLowerCase();
    this.#text = textReader(encoding === 'utf-16le' || encoding === 'utf-16be' ? encoding : 'utf-8');
    this.#close = close;
  }

  entries(): readonly Entry[] {
    reportDropped(this.#known, this.#context);
    const tables = this.#known.catalog.tables.map(
      (table): Entry => ({
        path: table.path,
        kind: 'table',
        rows: this.#count(table),
        columns: describeColumns(table),
      }),
    );
    const arrays = this.#rows(ARRAYS, 'name, dtype, shape').map(
      ([name, dtype, shape]): Entry => ({
        path: pathOfStored(name!),
        kind: 'array',
        ...parseHead(name!, dtype, shape),
      }),
    );
    const values = this.#rows(VALUES, 'name').map(
      ([name]): Entry => ({ path: pathOfStored(name!), kind: 'tree' }),
    );
    return withGroups([...tables, ...arrays, ...values]);
  }

  read(path: string, selection: ReadSelection = {}): Value {
    const pointer = normalPath(path);
    const table = findTable(this.#known.catalog, pointer);
    if (table !== undefined) return this.#readTable(table, selection);
    const array = this.#readArray(
      storedName(pointer),
      selection.columns === undefined ? selection.slice : undefined,
    );
    if (array !== undefined)
      return selection.columns === undefined ? array : selectFrom(array, path, selection);
    const near = this.#valueNear(pointer);
    if (near !== undefined) return selectFrom(near, path, selection);
    refuseByName(this.#known, pointer);
    return selectFrom(this.#readUnder(pointer), path, selection);
  }

  close(): void | Promise<void> {
    return this.#close();
  }

  #readUnder(pointer: string): Value {
    const below = (path: string): boolean => path === pointer || path.startsWith(`${pointer}/`);
    const found: [string, Value][] = [];
    for (const table of this.#known.catalog.tables)
      if (below(table.path)) found.push([table.path, this.#readTable(table, {})]);
    for (const [name] of this.#rows(ARRAYS, 'name'))
      if (below(pathOfStored(name!))) found.push([pathOfStored(name!), this.#readArray(name!, undefined)!]);
    for (const [name, text] of this.#rows(VALUES, 'name, value'))
      if (below(pathOfStored(name!)))
        found.push([pathOfStored(name!), parseValue(text ?? '', this.#context.budget, `value '${name}'`)]);
    if (found.length > 0) return assemble(found, pointer);
    if (pointer === '') return newRecord();
    throw new FormatError('not-found', `read '${pointer}': no entry of this name`, { path: pointer });
  }

  #readTable(entry: TableEntry, selection: ReadSelection): Table {
    const { budget } = this.#context;
    const named = readableColumns(entry).map((column) => ({
      name: entry.specs?.get(column.name)?.name ?? column.name,
      column,
    }));
    const columns = pickColumns(named, selection.columns).map(({ column }) => column);
    const span =
      selection.slice === undefined ? undefined : resolveSelection(selection.slice, [this.#count(entry)])[0]!;
    const limit =
      span === undefined
        ? ''
        : ` LIMIT ${span.count === 0 ? 0 : (span.count - 1) * span.step + 1} OFFSET ${span.start}`;
    // Text as bytes: the libraries cut it at a NUL. `typeof` tells 3 from 3.0.
    const wanted = columns.map(({ name }, i) => {
      const held = quote(name);
      return `CASE typeof(${held}) WHEN 'text' THEN CAST(${held} AS BLOB) ELSE ${held} END AS v${i}, typeof(${held}) AS t${i}`;
    });
    const rows = this.#database.all(
      `SELECT ${['1 AS one', ...wanted].join(', ')} FROM ${quote(entry.info.name)}${limit}`,
    );
    budget.takeItems(rows.length * columns.length, `rows of '${entry.path}'`);
    budget.takeBytes(rows.length * columns.length * 9, `rows of '${entry.path}'`);
    const cells = columns.map(() => new CellColumn('utf-8', false));
    const step = span?.step ?? 1;
    let taken = 0;
    for (let row = 0; row < rows.length; row += step, taken++)
      cells.forEach((column, i) => {
        const value = rows[row]![`v${i}`] ?? null;
        column.addCell(this.#cellOf(rows[row]![`t${i}`], value));
      });
    return makeTable(
      taken,
      columns.map((column, i) => finishColumn(cells[i]!, column, entry.specs?.get(column.name), budget)),
      entry.path,
    );
  }

  #cellOf(type: unknown, value: null | number | bigint | string | Uint8Array) {
    if (type === 'integer') return BigInt(value as number | bigint);
    if (type === 'real') return Number(value);
    // Empty bytes come as null from some libraries.
    const bytes = value instanceof Uint8Array ? value : new Uint8Array(0);
    if (type === 'null') return null;
    this.#context.budget.takeBytes(bytes.byteLength, 'text and blobs');
    return type === 'text' ? this.#text(bytes, 0, bytes.byteLength) : bytes;
  }

  #readArray(name: string, slice: Selection | undefined): NDArray | undefined {
    if (this.#known.catalog.arrays === undefined) return undefined;
    const { budget } = this.#context;
    const [row] = this.#database.all(
      `SELECT dtype, shape, length(data) AS size FROM ${ARRAYS} WHERE name = ?`,
      [name],
    );
    if (row === undefined) return undefined;
    const size = Number(row.size);
    const part = partOfArray(
      { ...parseHead(name, String(row.dtype), String(row.shape)), size },
      name,
      slice,
      budget,
    );
    budget.takeBytes(part.length, `array '${name}'`);
    const [found] = this.#database.all(
      `SELECT substr(data, ${part.from + 1}, ${part.length}) AS data FROM ${ARRAYS} WHERE name = ?`,
      [name],
    );
    return part.finish(found?.data instanceof Uint8Array ? found.data : new Uint8Array(0));
  }

  #valueNear(pointer: string): Value | undefined {
    if (this.#known.catalog.values === undefined) return undefined;
    const names = namesOf(pointer);
    for (let length = names.length; length >= 0; length--) {
      const name = storedName(joinPath(names.slice(0, length)));
      const [row] = this.#database.all(`SELECT value FROM ${VALUES} WHERE name = ?`, [name]);
      if (row === undefined) continue;
      const value = parseValue(String(row.value), this.#context.budget, `value '${name}'`);
      return length === names.length ? value : valueAt(value, joinPath(names.slice(length)));
    }
    return undefined;
  }

  #count({ info }: TableEntry): number {
    return Number(this.#database.all(`SELECT count(*) AS rows FROM ${quote(info.name)}`)[0]!.rows);
  }

  /** Columns of one of our tables as text; none where the table is not there. */
  #rows(table: typeof ARRAYS | typeof VALUES, columns: string): (string | undefined)[][] {
    const { arrays, values } = this.#known.catalog;
    const info = table === ARRAYS ? arrays : values;
    if (info === undefined) return [];
    const key = info.withoutRowid ? '' : ', rowid AS place';
    const rows = [...this.#database.all(`SELECT ${columns}${key} FROM ${table}`)];
    this.#context.budget.takeItems(rows.length, `rows of '${table}'`);
    // SQLite reads an index instead of the table where one holds the columns, in the order of that.
    if (key !== '') rows.sort((a, b) => Number(a.place) - Number(b.place));
    return rows.map((row) => {
      if (row.name === null || row.name === undefined)
        throw corrupt(`table '${table}'`, 'an entry has no name');
      return columns.split(', ').map((column) => (row[column] === null ? undefined : String(row[column])));
    });
  }
}
