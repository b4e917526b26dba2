import type { Budget } from '@formatlab/core';
import type { Cell } from '../cells/cell-column.js';
import { CellColumn } from '../cells/cell-column.js';
import { scanRows } from '../cells/scan.js';
import { corrupt } from '../file/faults.js';
import type { Job } from '../file/job.js';
import type { Pager } from '../file/pager.js';
import { type Affinity, affinityOf } from './affinity.js';
import { type Created, parseCreate } from './create.js';
import type { DeclaredTable, Default } from './create-table.js';
import { SyntaxProblem } from './cursor.js';

/** A column of a table, and where its values stand. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
  readonly affinity: Affinity;
  readonly nullable: boolean;
  /** Place among the fields of a record; -1 for a column that is not stored. */
  readonly field: number;
  /** True where the value is the row's key, and the field is empty. */
  readonly isRowid: boolean;
  readonly fallback: Default | undefined;
  readonly generated: 'no' | 'virtual' | 'stored';
}

export interface TableInfo {
  readonly name: string;
  readonly root: number;
  readonly columns: readonly TableColumn[];
  readonly withoutRowid: boolean;
  readonly primaryKey: readonly string[];
  /** True where rows have to satisfy more than the types of columns. */
  readonly constrained: boolean;
}

export interface IndexInfo {
  readonly name: string;
  readonly table: string;
  readonly root: number;
  /** What its records hold before the key of the row, one for each row of the table; undefined where that is not known. */
  readonly columns: readonly string[] | undefined;
}

/** What a database holds, by its schema table. */
export interface Schema {
  readonly tables: readonly TableInfo[];
  readonly views: readonly string[];
  /** Virtual tables, with their modules. */
  readonly virtual: readonly { readonly name: string; readonly module: string }[];
  /** Indexes with the table of each. */
  readonly indexes: readonly IndexInfo[];
  readonly triggers: readonly { readonly name: string; readonly table: string }[];
}

export const EMPTY_SCHEMA: Schema = { tables: [], views: [], virtual: [], indexes: [], triggers: [] };

/** The schema table describes itself. */
const SCHEMA_TABLE: TableInfo = tableInfo('sqlite_schema', 1, {
  columns: ['type', 'name', 'tbl_name', 'rootpage', 'sql'].map((name) => ({
    name,
    type: name === 'rootpage' ? 'INT' : 'TEXT',
    notNull: false,
    fallback: undefined,
    generated: 'no',
  })),
  primaryKey: [],
  keyIsDescendingColumn: false,
  withoutRowid: false,
  strict: false,
  constrained: false,
});

/** Reads the schema table, and parses what it holds. @throws FormatError `corrupt` as SQLite would refuse the file */
export function* readSchema(pager: Pager, budget: Budget): Job<Schema> {
  const columns = SCHEMA_TABLE.columns.map(() => new CellColumn(pager.header.encoding, false, false));
  const rows = yield* scanRows(pager, SCHEMA_TABLE, SCHEMA_TABLE.columns, columns, budget);
  return schemaOfRows(
    Array.from({ length: rows }, (_, row) => columns.map((column) => textOf(column.at(row)))),
    pager.count,
  );
}

/**
 * @param rows type, name, table, root page and statement of each entry, as text
 * @param pages in the database
 */
export function schemaOfRows(rows: readonly (readonly (string | undefined)[])[], pages: number): Schema {
  const reading = new SchemaReading(pages);
  for (const [type, name, table, root, sql] of rows) reading.add(type, name, table, root, sql);
  return reading.schema();
}

function textOf(cell: Cell): string | undefined {
  if (cell === null) return undefined;
  return cell instanceof Uint8Array ? new TextDecoder().decode(cell) : String(cell);
}

class SchemaReading {
  readonly #pages: number;
  readonly #tables = new Map<string, TableInfo>();
  /** Keys of the implicit indexes that each table has, by number. */
  readonly #other = new Map<string, Created>();
  readonly #indexes = new Map<string, IndexInfo>();
  readonly #triggers: { name: string; table: string }[] = [];

  constructor(pages: number) {
    this.#pages = pages;
  }

  add(
    type: string | undefined,
    name: string | undefined,
    table: string | undefined,
    root: string | undefined,
    sql: string | undefined,
  ): void {
    if (root === undefined) throw malformed(name, 'no root page');
    if (sql !== undefined && /^cr/i.test(sql)) this.#create(type, name, table, root, sql);
    else if (name === undefined || (sql !== undefined && sql !== '')) throw malformed(name, 'no statement');
    else this.#implicitIndex(name, table, root);
  }

  schema(): Schema {
    const others = [...this.#other.values()];
    return {
      tables: [...this.#tables.values()],
      views: others.filter(({ kind }) => kind === 'view').map(({ name }) => name),
      virtual: others.flatMap((each) =>
        each.kind === 'virtual' ? [{ name: each.name, module: each.module }] : [],
      ),
      indexes: [...this.#indexes.values()],
      triggers: this.#triggers,
    };
  }

  #create(
    type: string | undefined,
    name: string | undefined,
    table: string | undefined,
    root: string,
    sql: string,
  ): void {
    const page = rootPage(root);
    if (page === undefined || page > this.#pages) throw malformed(name, `invalid root page ${root}`);
    let created: Created;
    try {
      created = parseCreate(sql);
    } catch (error) {
      if (error instanceof SyntaxProblem) throw malformed(name, error.message);
      throw error;
    }
    const wanted = created.kind === 'virtual' ? 'table' : created.kind;
    if (!same(type, wanted) || !same(name, created.name) || !same(table, created.table))
      throw malformed(name, `its statement creates ${wanted} '${created.name}' of '${created.table}'`);
    const key = created.name.toLowerCase();
    if (created.kind === 'index') {
      this.#index(created, page);
      return;
    }
    if (created.kind === 'trigger') {
      if (!this.#has(created.table)) throw malformed(name, `no table '${created.table}'`);
      this.#triggers.push({ name: created.name, table: created.table });
      return;
    }
    if (this.#has(key) || this.#indexes.has(key)) throw malformed(name, 'the name stands twice');
    if (created.kind === 'table') this.#tables.set(key, tableInfo(created.name, page, created.body));
    else this.#other.set(key, created);
  }

  #index({ name, table, columns, plain }: Extract<Created, { kind: 'index' }>, root: number): void {
    const info = this.#tables.get(table.toLowerCase());
    if (info === undefined) throw malformed(name, `no table '${table}'`);
    for (const column of columns)
      if (!info.columns.some((each) => same(each.name, column)) && !/^(rowid|oid|_rowid_)$/i.test(column))
        throw malformed(name, `no column '${column}' in '${table}'`);
    if (this.#indexes.has(name.toLowerCase())) throw malformed(name, 'the name stands twice');
    this.#indexes.set(name.toLowerCase(), { name, table, root, columns: plain ? columns : undefined });
  }

  /** An index without a statement is that of a PRIMARY KEY or UNIQUE: SQLite names it after its table. */
  #implicitIndex(name: string, table: string | undefined, root: string): void {
    const info = this.#tables.get((table ?? '').toLowerCase());
    const match = /^sqlite_autoindex_(.*)_\d+$/is.exec(name);
    if (info === undefined || match === null || !same(match[1], info.name))
      throw malformed(name, 'an index without a table');
    const page = rootPage(root);
    if (page === undefined || page < 2 || page > this.#pages)
      throw malformed(name, `invalid root page ${root}`);
    for (const other of this.#indexes.values())
      if (same(other.table, info.name) && other.root === page)
        throw malformed(name, `root page ${page} twice`);
    // Without UNIQUE it can only be the primary key's.
    const columns = info.constrained ? undefined : info.primaryKey;
    this.#indexes.set(name.toLowerCase(), { name, table: info.name, root: page, columns });
  }

  #has(name: string): boolean {
    const key = name.toLowerCase();
    return this.#tables.has(key) || this.#other.has(key);
  }
}

function tableInfo(name: string, root: number, declared: DeclaredTable): TableInfo {
  const { columns, primaryKey, withoutRowid, strict, constrained } = declared;
  const isKey = (column: string): boolean => primaryKey.some((key) => same(key, column));
  const only =
    primaryKey.length === 1 ? columns.find((column) => same(column.name, primaryKey[0]!)) : undefined;
  const alias =
    !withoutRowid && !declared.keyIsDescendingColumn && only !== undefined && same(only.type, 'INTEGER')
      ? only.name
      : undefined;
  const fields = new Map<string, number>();
  const stored = columns.filter((column) => column.generated !== 'virtual');
  if (withoutRowid)
    for (const key of primaryKey)
      if (!fields.has(key.toLowerCase())) fields.set(key.toLowerCase(), fields.size);
  for (const column of stored)
    if (!fields.has(column.name.toLowerCase())) fields.set(column.name.toLowerCase(), fields.size);
  return {
    name,
    root,
    withoutRowid,
    primaryKey,
    constrained,
    columns: columns.map((column) => ({
      name: column.name,
      type: column.type,
      affinity: strict && same(column.type, 'ANY') ? 'blob' : affinityOf(column.type),
      nullable: !(column.notNull || column.name === alias || (withoutRowid && isKey(column.name))),
      field: column.generated === 'virtual' ? -1 : fields.get(column.name.toLowerCase())!,
      isRowid: column.name === alias,
      fallback: column.fallback,
      generated: column.generated,
    })),
  };
}

function rootPage(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffffffff ? Number(text) : undefined;
}

/** Names are compared without regard to the case of ASCII letters. */
export function same(one: string | undefined, other: string | undefined): boolean {
  return one?.toLowerCase() === other?.toLowerCase();
}

function malformed(name: string | undefined, state: string): Error {
  return corrupt(`schema entry '${name ?? '?'}'`, state, undefined);
}
