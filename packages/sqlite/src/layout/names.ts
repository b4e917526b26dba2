/** Tables in which this package keeps what is no table of SQL; documented in the README. */
export const ARRAYS = 'formatlab_arrays';
export const VALUES = 'formatlab_values';
export const TABLES = 'formatlab_tables';

export const ARRAYS_SQL = `CREATE TABLE ${ARRAYS} (name TEXT NOT NULL PRIMARY KEY, dtype TEXT NOT NULL, shape TEXT NOT NULL, data BLOB NOT NULL)`;
/** Lets arrays be listed without the pages of their rows, between which their data lies. */
export const ARRAYS_LIST = 'formatlab_arrays_list';
export const ARRAYS_LIST_SQL = `CREATE INDEX ${ARRAYS_LIST} ON ${ARRAYS} (name, dtype, shape)`;
export const VALUES_SQL = `CREATE TABLE ${VALUES} (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL)`;
export const TABLES_SQL = `CREATE TABLE ${TABLES} (name TEXT NOT NULL PRIMARY KEY, table_name TEXT NOT NULL, columns TEXT)`;

/** Name of an entry in our tables: its path without the first slash; the root has none. */
export function storedName(path: string): string {
  // An entry without a name would look like the root.
  return path === '' || path === '/' || path.startsWith('//') ? path : path.slice(1);
}

/** A path as callers may give it: `/` is the root, and a first slash may be missing. */
export function normalPath(path: string): string {
  if (path === '' || path === '/') return '';
  return path.startsWith('/') ? path : `/${path}`;
}

/** The names of a path: unlike core's `splitPath`, `/` is the entry without a name. */
export function namesOf(path: string): string[] {
  if (path === '') return [];
  return path
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The path of a stored name. */
export function pathOfStored(name: string): string {
  return name === '' || name.startsWith('/') ? name : `/${name}`;
}

/** Names that SQLite keeps for itself, cannot hold, or that we use. */
export function isPlainTableName(name: string): boolean {
  return name !== '' && !/^(sqlite_|formatlab_)/i.test(name) && isText(name);
}

/** Text that stands in SQL as it is: no NUL, no half of a surrogate pair. */
export function isText(name: string): boolean {
  return !name.includes('\0') && isWellFormed(name);
}

export function isWellFormed(text: string): boolean {
  return !/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(text);
}

/** A name that no other of `taken` (in lower case) has; it is added to them. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${wanted}_${i}`;
  taken.add(name.toLowerCase());
  return name;
}

/** A name between double quotes, for SQL. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
