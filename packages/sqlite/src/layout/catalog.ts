import {
  type Budget,
  type ColumnType,
  childPath,
  type Entry,
  FormatError,
  joinPath,
  scalarType,
} from '@formatlab/core';
import { type ColumnSpec, dtypeOfDeclared } from '../cells/finish-column.js';
import { countRows } from '../file/btree.js';
import type { Database } from '../file/database.js';
import { corrupt } from '../file/faults.js';
import type { Job } from '../file/job.js';
import { type Schema, same, type TableInfo } from '../schema/schema.js';
import { parseColumnType } from './column-type.js';
import { parseDtypeCode } from './dtype-code.js';
import { ARRAYS, namesOf, pathOfStored, TABLES, VALUES } from './names.js';
import { readTexts } from './read-texts.js';
import { isShape, parseJson } from './value-json.js';

/** Leaves whose headers are looked at to count the rows of a table. */
const MOST_LEAVES = 20_000;

/** A table of SQL as an entry. */
export interface TableEntry {
  readonly path: string;
  readonly info: TableInfo;
  /** What this package wrote about its columns, by their names in SQL. */
  readonly specs: ReadonlyMap<string, ColumnSpec> | undefined;
}

/** What the schema and the descriptions of tables tell: read once when a file is opened. */
export interface Catalog {
  readonly tables: readonly TableEntry[];
  readonly arrays: TableInfo | undefined;
  readonly values: TableInfo | undefined;
}

export function* readCatalog(database: Database): Job<Catalog> {
  const { schema, budget } = database;
  const descriptions = ownTable(schema, TABLES);
  const rows =
    descriptions === undefined ? [] : yield* readTexts(database, descriptions, OWN_COLUMNS[TABLES]);
  return catalogOf(schema, rows, budget);
}

/** @param described rows of `formatlab_tables`: entry, table, columns */
export function catalogOf(
  schema: Schema,
  described: readonly (readonly (string | undefined)[])[],
  budget: Budget,
): Catalog {
  const known = new Map<string, { path: string; specs: TableEntry['specs'] }>();
  for (const [name, table, columns] of described) {
    if (name === undefined || table === undefined) continue;
    const specs = columns === undefined ? undefined : parseSpecs(columns, budget);
    known.set(table.toLowerCase(), { path: pathOfStored(name), specs });
  }
  const [arrays, values, descriptions] = [ARRAYS, VALUES, TABLES].map((name) =>
    ownTable(schema, name as OwnName),
  );
  const tables = schema.tables
    .filter(
      (table) =>
        table !== arrays && table !== values && table !== descriptions && !/^sqlite_/i.test(table.name),
    )
    .map((info): TableEntry => {
      const own = known.get(info.name.toLowerCase());
      return { path: own?.path ?? joinPath([info.name]), info, specs: own?.specs };
    });
  return { tables, arrays, values };
}

type OwnName = keyof typeof OWN_COLUMNS;

const OWN_COLUMNS = {
  [ARRAYS]: ['name', 'dtype', 'shape', 'data'],
  [VALUES]: ['name', 'value'],
  [TABLES]: ['name', 'table_name', 'columns'],
} as const;

/** One of our tables, known by its name and columns. */
function ownTable(schema: Schema, name: OwnName): TableInfo | undefined {
  return schema.tables.find(
    (table) =>
      table.name === name &&
      OWN_COLUMNS[name].every((column) => table.columns.some((each) => each.name === column)),
  );
}

/** The columns of a table that are read: generated ones that are not stored have no values here. */
export function readableColumns({ info, specs }: TableEntry): TableInfo['columns'] {
  return info.columns.filter(
    ({ name, field }) => field >= 0 && (specs === undefined || specs.has(name) || !isFiller(name)),
  );
}

function isFiller(name: string): boolean {
  return name === 'formatlab_row';
}

function parseSpecs(text: string, budget: Budget): ReadonlyMap<string, ColumnSpec> {
  const json = parseJson(text, 'description of a table');
  if (!Array.isArray(json)) throw corrupt('description of a table', 'it is no list');
  const specs = new Map<string, ColumnSpec>();
  for (const each of json as readonly Record<string, unknown>[]) {
    const type = parseColumnType(each?.type, budget);
    if (type === undefined || typeof each.name !== 'string')
      throw corrupt('description of a table', 'a column has no name or type');
    const column = typeof each.column === 'string' ? each.column : each.name;
    specs.set(column, { name: each.name, type, ...(isShape(each.item) ? { item: each.item } : {}) });
  }
  return specs;
}

/** All entries: groups before what they hold. */
export function* listEntries(database: Database, catalog: Catalog, canCount: boolean): Job<Entry[]> {
  const found: Entry[] = [];
  for (const table of catalog.tables) {
    const rows = yield* rowsOf(database, table.info, canCount);
    found.push({ path: table.path, kind: 'table', rows, columns: describeColumns(table) });
  }
  for (const { path, dtype, shape, unit } of yield* listArrays(database, catalog))
    found.push({ path, kind: 'array', dtype, shape, ...(unit === undefined ? {} : { unit }) });
  if (catalog.values !== undefined)
    for (const [name] of yield* readTexts(database, catalog.values, ['name']))
      if (name !== undefined) found.push({ path: pathOfStored(name), kind: 'tree' });
  return withGroups(found);
}

export function* listArrays(
  database: Database,
  { arrays }: Catalog,
): Job<
  { path: string; dtype: NonNullable<Entry['dtype']>; shape: readonly number[]; unit: string | undefined }[]
> {
  if (arrays === undefined) return [];
  const rows = yield* readTexts(database, arrays, ['name', 'dtype', 'shape']);
  return rows.map(([name, dtype, shape]) => {
    if (name === undefined) throw corrupt(`table '${ARRAYS}'`, 'an array has no name');
    return { path: pathOfStored(name), ...parseHead(name, dtype, shape) };
  });
}

/** @throws FormatError `corrupt` */
export function parseHead(
  name: string,
  dtype: string | undefined,
  shape: string | undefined,
): {
  readonly dtype: NonNullable<Entry['dtype']>;
  readonly unit: string | undefined;
  readonly shape: readonly number[];
} {
  const type = dtype === undefined ? undefined : parseDtypeCode(dtype);
  const lengths = shape === undefined ? undefined : parseJson(shape, `shape of array '${name}'`);
  if (type === undefined || !isShape(lengths))
    throw corrupt(`array '${name}'`, `dtype '${dtype}' or shape '${shape}' is not one`);
  return { ...type, shape: lengths };
}

export function* rowsOf(database: Database, info: TableInfo, canCount: boolean): Job<number | undefined> {
  if (info.withoutRowid) return undefined;
  return yield* countRows(database.pager!, info.root, canCount ? MOST_LEAVES : 1);
}

export function describeColumns(table: TableEntry): { name: string; type: ColumnType }[] {
  return readableColumns(table).map((column) => {
    const spec = table.specs?.get(column.name);
    return spec === undefined
      ? { name: column.name, type: scalarType(dtypeOfDeclared(column), { nullable: column.nullable }) }
      : { name: spec.name, type: spec.type };
  });
}

/** With the groups that the entries stand in. @throws FormatError `corrupt` where a path stands twice */
export function withGroups(found: readonly Entry[]): Entry[] {
  const listed: Entry[] = [];
  const paths = new Set<string>();
  for (const entry of found) {
    if (paths.has(entry.path))
      throw corrupt('SQLite database', `entry '${entry.path}' stands twice`, undefined, { path: entry.path });
    paths.add(entry.path);
  }
  const groups = new Set<string>();
  for (const entry of found) {
    let path = '';
    for (const name of namesOf(entry.path).slice(0, -1)) {
      path = childPath(path, name);
      if (!groups.has(path) && !paths.has(path)) listed.push({ path, kind: 'group' });
      groups.add(path);
    }
    listed.push(entry);
  }
  return listed;
}

export function findTable(catalog: Catalog, path: string): TableEntry | undefined {
  return catalog.tables.find((table) => table.path === path);
}

/** @throws FormatError `unsupported` for views and virtual tables, which have no rows of their own */
export function refuseByName({ schema }: Pick<Database, 'schema'>, path: string): void {
  const [name, ...deeper] = namesOf(path);
  if (deeper.length > 0) return;
  const virtual = schema.virtual.find((each) => same(each.name, name));
  const view = schema.views.find((each) => same(each, name));
  if (virtual === undefined && view === undefined) return;
  const what = virtual === undefined ? 'a view' : `a virtual table of module '${virtual.module}'`;
  throw new FormatError('unsupported', `read '${path}': it is ${what}, whose rows are computed`, {
    format: 'sqlite',
    path,
    feature: virtual === undefined ? 'views' : 'virtual tables',
  });
}
