import { resolveSelection, type Span } from '../selection/selection.js';
import { concatTables } from './concat.js';
import { pickColumns, sliceTable, type TableSelection } from './slice.js';
import type { Column, ColumnType } from './table.js';
import { Table } from './table.js';

/** Rows of a table that is stored in several parts, one below the other. */
export interface TablePart {
  readonly rows: number;
  readonly columns: readonly PartColumn[];
  /** Some of its rows, with these columns in this order. */
  read(start: number, count: number, columns: readonly string[]): Promise<Table>;
}

export interface PartColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Whether the part says which rows are valid. */
  readonly masked: boolean;
}

/** A table in memory as a part. */
export function partOfTable(table: Table): TablePart {
  return {
    rows: table.rows,
    columns: table.columns.map(({ name, type, valid }) => ({ name, type, masked: valid !== undefined })),
    read: async (start, count, columns) =>
      sliceTable(table, { slice: [{ start, stop: start + count }], columns }),
  };
}

const DEFAULT_BATCH_ROWS = 10_000;

/** The columns of the parts together: one with a mask in some part has one in all. */
export function columnsOfParts(parts: readonly TablePart[]): readonly PartColumn[] {
  return parts[0]!.columns.map((column, index) => {
    if (parts.every((part) => part.columns[index]?.masked !== true)) return column;
    return { name: column.name, type: { ...column.type, nullable: true }, masked: true };
  });
}

/** Rows and columns of the table that the parts make: no other rows are read than those from the first to the last. */
export async function readParts(parts: readonly TablePart[], selection: TableSelection): Promise<Table> {
  const picked = pickColumns(columnsOfParts(parts), selection.columns);
  return rowsOf(parts, resolveSelection(selection.slice, [rowsOfParts(parts)])[0]!, picked);
}

/** The same in tables of no more than `rows`. */
export async function* batchParts(
  parts: readonly TablePart[],
  options: TableSelection & { readonly rows?: number },
): AsyncGenerator<Table> {
  const picked = pickColumns(columnsOfParts(parts), options.columns);
  const span = resolveSelection(options.slice, [rowsOfParts(parts)])[0]!;
  const most = Math.max(1, options.rows ?? DEFAULT_BATCH_ROWS);
  for (let done = 0; done < span.count; done += most) {
    const count = Math.min(most, span.count - done);
    yield await rowsOf(parts, { ...span, start: span.start + done * span.step, count }, picked);
  }
}

export function rowsOfParts(parts: readonly TablePart[]): number {
  return parts.reduce((sum, part) => sum + part.rows, 0);
}

async function rowsOf(
  parts: readonly TablePart[],
  { start, count, step }: Span,
  columns: readonly PartColumn[],
): Promise<Table> {
  const names = columns.map((column) => column.name);
  const end = count === 0 ? start : start + (count - 1) * step + 1;
  const pieces: Table[] = [];
  let first = 0;
  for (const part of parts) {
    const from = Math.max(start, first) - first;
    const to = Math.min(end, first + part.rows) - first;
    if (from < to) pieces.push(masked(await part.read(from, to - from, names), columns));
    first += part.rows;
  }
  if (pieces.length === 0) pieces.push(masked(await parts[0]!.read(0, 0, names), columns));
  const table = pieces.length === 1 ? pieces[0]! : concatTables(pieces);
  return step === 1 ? table : sliceTable(table, { slice: [{ step }] });
}

function masked(table: Table, columns: readonly PartColumn[]): Table {
  const alike = table.columns.map((column, i): Column => {
    const { type, masked } = columns[i]!;
    if (!masked) return column;
    return { ...column, type, valid: column.valid ?? new Uint8Array(table.rows).fill(1) };
  });
  return new Table(table.rows, alike);
}
