import {
  type Budget,
  type Column,
  childPath,
  FormatError,
  isNDArray,
  scalarType,
  type Table,
} from '@formatlab/core';
import type { Cell } from '../cells/cell-column.js';
import { dtypeOfDeclared } from '../cells/finish-column.js';
import { readableColumns, type TableEntry } from '../layout/catalog.js';
import { quote } from '../layout/names.js';
import type { TableColumn } from '../schema/schema.js';
import { planColumn } from '../write/plan-column.js';
import type { SqlDatabase } from './driver.js';

/**
 * Adds rows to a table of SQL. Answers the description of its columns where there is none yet and a cell needs it to
 * come back as it was.
 *
 * @throws FormatError `unsupported` where columns differ, or SQLite would change a value
 */
export function appendRows(
  database: SqlDatabase,
  entry: TableEntry,
  rows: Table,
  budget: Budget,
): { readonly describe: string | undefined } {
  const columns = readableColumns(entry);
  const nameOf = ({ name }: TableColumn): string => entry.specs?.get(name)?.name ?? name;
  const names = rows.columns.map((column) => column.name);
  const held =
    entry.specs === undefined ? columns.map(nameOf) : [...entry.specs.values()].map((spec) => spec.name);
  if (names.length !== held.length || !held.every((name) => names.includes(name)))
    throw new FormatError('unsupported', `append rows to '${entry.path}': columns differ from [${held}]`, {
      format: 'sqlite',
      path: entry.path,
    });
  const pairs = columns.flatMap((column) => {
    const added = rows.columns.find((each) => each.name === nameOf(column));
    return added === undefined ? [] : [{ column, added }];
  });
  let special = false;
  const sources = pairs.map(({ column, added }) => {
    checkFits(entry, column, added);
    const { source } = planColumn(added, budget, childPath(entry.path, added.name));
    const real = isNDArray(added.values) && added.values.dtype.startsWith('float');
    const cell = (row: number): Cell => {
      const plain = source.cell(row);
      if (!real) return plain;
      const marked = markedReal(plain, added, row);
      if (marked !== plain) special = true;
      return marked;
    };
    return { cell, place: placeholderOf(added) };
  });
  insertRows(
    database,
    entry.info.name,
    pairs.map(({ column }) => column.name),
    sources,
    rows.rows,
  );
  return { describe: special && entry.specs === undefined ? describe(columns) : undefined };
}

export interface InsertSource {
  readonly cell: (row: number) => Cell;
  /** `?`, or a cast around it. */
  readonly place: string;
}

/** Rows by one prepared statement; a transaction is under way. */
export function insertRows(
  database: SqlDatabase,
  table: string,
  names: readonly string[],
  sources: readonly InsertSource[],
  rows: number,
): void {
  const statement = database.prepare(
    names.length === 0
      ? `INSERT INTO ${quote(table)} DEFAULT VALUES`
      : `INSERT INTO ${quote(table)} (${names.map(quote).join(', ')}) VALUES (${sources.map(({ place }) => place).join(', ')})`,
  );
  try {
    for (let row = 0; row < rows; row++)
      statement.run(sources.map(({ cell, place }) => bindable(cell(row), place)));
  } finally {
    statement.finalize();
  }
}

/** The libraries cut text at a NUL, and take empty bytes for NULL: the casts get such cells through. */
export function bindable(cell: Cell, place: string): Cell {
  if (typeof cell === 'string' && cell.includes('\0') && place === TEXT_PLACE)
    return new TextEncoder().encode(cell);
  if (cell instanceof Uint8Array && cell.byteLength === 0 && place === BLOB_PLACE) return '';
  return cell;
}

export const TEXT_PLACE = 'CAST(? AS TEXT)';
export const BLOB_PLACE = 'CAST(? AS BLOB)';

export function placeholderOf({ values, type }: Column): string {
  if (!isNDArray(values) || type.kind !== 'scalar' || values.dtype === 'object') return '?';
  if (values.dtype === 'string') return TEXT_PLACE;
  return values.dtype === 'bytes' || values.shape.length > 1 || values.dtype.startsWith('complex')
    ? BLOB_PLACE
    : '?';
}

/** SQL makes 0 of −0 and NULL of NaN: the one goes in as its bits, the other as text. */
export function markedReal(cell: Cell, column: Column, row: number): Cell {
  if (cell === null) return column.valid?.[row] === 0 ? null : 'NaN';
  if (!Object.is(cell, -0)) return cell;
  const values = column.values;
  if (!isNDArray(values)) return cell;
  if (values.dtype === 'float16') return Uint8Array.of(0, 0x80);
  return values.dtype === 'float32' ? Uint8Array.of(0, 0, 0, 0x80) : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80);
}

function checkFits(entry: TableEntry, column: TableColumn, added: Column): void {
  const spec = entry.specs?.get(column.name);
  const refuse = (state: string): never => {
    throw new FormatError('unsupported', `append rows to '${entry.path}': column '${added.name}' ${state}`, {
      format: 'sqlite',
      path: entry.path,
    });
  };
  const { type, values, valid } = added;
  if (!column.nullable && valid?.includes(0) === true) refuse('takes no nulls');
  if (spec !== undefined) {
    const same = sortedJson({ ...spec.type, nullable: true }) === sortedJson({ ...type, nullable: true });
    const item = isNDArray(values) && values.shape.length > 1 ? values.shape.slice(1) : undefined;
    if (!same || String(item) !== String(spec.item)) refuse('has another type');
    if (!spec.type.nullable && valid?.includes(0) === true) refuse('takes no nulls');
    if (type.kind === 'scalar' && type.dtype === 'uint64' && column.affinity !== 'blob') {
      const data = (values as { readonly data: BigUint64Array }).data;
      if (data.some((value) => value >= 2n ** 63n)) refuse('holds integers up to 2^63');
    }
    return;
  }
  if (!isNDArray(values) || type.kind !== 'scalar' || values.shape.length !== 1)
    return void refuse('has another type');
  if (values.dtype === dtypeOfDeclared(column)) return;
  if (!isKept(values.dtype, column, values.data as unknown as readonly unknown[])) refuse('has another type');
}

/** Whether SQLite keeps values of a dtype in a column that somebody else declared. */
function isKept(dtype: string, { affinity }: TableColumn, data: readonly unknown[]): boolean {
  if (/^u?int(8|16|32)$|^int64$|^bool$/.test(dtype)) return affinity !== 'text' && affinity !== 'real';
  if (dtype === 'float64' || dtype === 'float32' || dtype === 'float16') return affinity === 'real';
  if (dtype === 'bytes') return true;
  if (dtype !== 'string') return false;
  if (affinity === 'text' || affinity === 'blob') return true;
  return !data.some((text) => /^\s*[+-]?(\d|\.\d)/.test(text as string) && !Number.isNaN(Number(text)));
}

/** What this package writes about columns, of one that SQL alone told so far. */
function describe(columns: readonly TableColumn[]): string {
  return JSON.stringify(
    columns.map((column) => ({
      name: column.name,
      type: scalarType(dtypeOfDeclared(column), { nullable: column.nullable }),
    })),
  );
}

function sortedJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
