import type { Budget } from '@formatlab/core';
import { type Catalog, catalogOf } from '../layout/catalog.js';
import { quote, TABLES } from '../layout/names.js';
import { type Schema, schemaOfRows } from '../schema/schema.js';
import type { SqlDatabase } from './driver.js';

/** Schema and catalog of a database that SQL has open, changes that are not committed included. */
export function sqlCatalog(
  database: SqlDatabase,
  budget: Budget,
): { readonly schema: Schema; readonly catalog: Catalog } {
  const text = (value: unknown): string | undefined =>
    value === null || value === undefined ? undefined : String(value);
  const rows = database.all('SELECT type, name, tbl_name, rootpage, sql FROM sqlite_master ORDER BY rowid');
  const schema = schemaOfRows(
    rows.map(({ type, name, tbl_name, rootpage, sql }) => [type, name, tbl_name, rootpage, sql].map(text)),
    Number.POSITIVE_INFINITY,
  );
  const known = schema.tables.some((table) => table.name === TABLES);
  const described = known ? database.all(`SELECT name, table_name, columns FROM ${quote(TABLES)}`) : [];
  const catalog = catalogOf(
    schema,
    described.map(({ name, table_name, columns }) => [name, table_name, columns].map(text)),
    budget,
  );
  return { schema, catalog };
}
