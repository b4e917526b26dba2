import type { Budget, Span } from '@formatlab/core';
import { cellAt, parseCell, type Cell as TreeCell, type TreePage, walkTree } from '../file/btree.js';
import { corrupt, unsupported } from '../file/faults.js';
import type { Job } from '../file/job.js';
import type { Pager } from '../file/pager.js';
import { readPayload } from '../file/payload.js';
import type { TableColumn, TableInfo } from '../schema/schema.js';
import type { CellColumn } from './cell-column.js';
import { RecordFields } from './record.js';

/** Memory that one cell takes beside text and blobs. */
const CELL_BYTES = 9;

/**
 * Reads rows of a table into columns, one for each of `wanted`: all of them, or those of a span in the order of
 * the table's key. Answers how many there are.
 *
 * @throws FormatError `corrupt`, `limit`, `unsupported`
 */
export function* scanRows(
  pager: Pager,
  table: TableInfo,
  wanted: readonly TableColumn[],
  columns: readonly CellColumn[],
  budget: Budget,
  span?: Span,
): Job<number> {
  const scan = new Scan(pager, table, wanted, columns, budget, span);
  if (span?.count === 0) return 0;
  yield* walkTree(pager, table.root, !table.withoutRowid, {
    leaf: (page) => scan.page(page, 0, page.cells),
    ...(table.withoutRowid
      ? { between: (page: TreePage, index: number) => scan.page(page, index, index + 1) }
      : {}),
    ...(span === undefined || table.withoutRowid ? {} : { skip: (cells: number) => scan.skip(cells) }),
  });
  return scan.taken;
}

class Scan {
  taken = 0;
  /** Rows that were passed. */
  #row = 0;
  readonly #pager: Pager;
  readonly #table: TableInfo;
  readonly #wanted: readonly TableColumn[];
  readonly #columns: readonly CellColumn[];
  readonly #budget: Budget;
  readonly #span: Span | undefined;
  readonly #fields = new RecordFields();
  readonly #mostFields: number;
  #charged = 0;

  constructor(
    pager: Pager,
    table: TableInfo,
    wanted: readonly TableColumn[],
    columns: readonly CellColumn[],
    budget: Budget,
    span: Span | undefined,
  ) {
    this.#pager = pager;
    this.#table = table;
    this.#wanted = wanted;
    this.#columns = columns;
    this.#budget = budget;
    this.#span = span;
    this.#mostFields = Math.max(0, ...wanted.map((column) => column.field + 1));
  }

  /** Passes over a leaf of which no row is wanted. */
  skip(cells: number): boolean {
    if (this.#row + cells > this.#span!.start) return false;
    this.#row += cells;
    return true;
  }

  /** Takes the rows of cells `from` to `to`; false when no more are wanted. */
  *page(page: TreePage, from: number, to: number): Job<boolean> {
    const count = to - from;
    this.#budget.takeItems(count * this.#columns.length, `rows of '${this.#table.name}'`);
    this.#budget.takeBytes(count * this.#columns.length * CELL_BYTES, `rows of '${this.#table.name}'`);
    for (const column of this.#columns) column.reserve(count);
    const view = viewOf(page.bytes);
    const span = this.#span;
    for (let i = from; i < to; i++) {
      const cell = parseCell(this.#pager, page, cellAt(this.#pager, page, i));
      if (span !== undefined) {
        const row = this.#row++;
        if (row < span.start || (row - span.start) % span.step !== 0) continue;
      }
      if (cell.there === cell.size) this.#take(cell, page.bytes, view, cell.at, cell.size);
      else yield* this.#takeSpilled(page, cell, view);
      this.taken++;
      if (span !== undefined && this.taken === span.count) return false;
    }
    this.#charge();
    return true;
  }

  /** A row of which a part lies in overflow pages; they are read only where they are needed. */
  *#takeSpilled(page: TreePage, cell: TreeCell, view: DataView): Job<void> {
    const local = this.#fields.read(page.bytes, cell.at, cell.there, cell.size, this.#mostFields);
    if (local && this.#endOfWanted() <= cell.there) {
      this.#addFields(cell, page.bytes, view, cell.at);
      return;
    }
    const bytes = yield* readPayload(this.#pager, page, cell, 0, cell.size, this.#budget);
    this.#take(cell, bytes, viewOf(bytes), 0, cell.size);
    this.#budget.releaseBytes(cell.size);
  }

  #endOfWanted(): number {
    let end = 0;
    for (const { field } of this.#wanted)
      if (field >= 0 && field < this.#fields.count)
        end = Math.max(end, this.#fields.places[field]! + this.#fields.sizeOf(field));
    return end;
  }

  #take(cell: TreeCell, bytes: Uint8Array, view: DataView, at: number, there: number): void {
    if (!this.#fields.read(bytes, at, there, cell.size, this.#mostFields))
      throw corrupt('row', 'its header is longer than the row');
    this.#addFields(cell, bytes, view, at);
  }

  #addFields(cell: TreeCell, bytes: Uint8Array, view: DataView, at: number): void {
    const fields = this.#fields;
    for (let i = 0; i < this.#wanted.length; i++) {
      const { field, isRowid, fallback } = this.#wanted[i]!;
      const column = this.#columns[i]!;
      if (isRowid) addRowid(column, cell.rowid);
      else if (field < fields.count)
        column.add(fields.serials[field]!, bytes, view, at + fields.places[field]!);
      // A column that was added later: rows from before have its default.
      else if (fallback === undefined) column.addNull();
      else if (fallback.kind === 'value') addDefault(column, fallback.value, this.#wanted[i]!);
      else
        throw unsupported(
          `read column '${this.#wanted[i]!.name}' of '${this.#table.name}'`,
          'its default has to be computed',
          { feature: 'computed defaults' },
        );
    }
  }

  /** Text and blobs are at most as long as their pages: charged page by page. */
  #charge(): void {
    let bytes = 0;
    for (const column of this.#columns) bytes += column.bytes;
    this.#budget.takeBytes(bytes - this.#charged, `text and blobs of '${this.#table.name}'`);
    this.#charged = bytes;
  }
}

function addRowid(column: CellColumn, rowid: number | bigint): void {
  if (typeof rowid === 'bigint') column.addCell(rowid);
  else column.addWords(rowid | 0, Math.floor(rowid / 2 ** 32));
}

function addDefault(
  column: CellColumn,
  value: null | number | bigint | string | Uint8Array,
  { affinity }: TableColumn,
): void {
  if (affinity === 'text' && (typeof value === 'bigint' || typeof value === 'number'))
    column.addCell(String(value));
  else if (affinity === 'real' && typeof value === 'bigint') column.addCell(Number(value));
  else if (
    typeof value === 'number' &&
    affinity !== 'blob' &&
    affinity !== 'real' &&
    Number.isSafeInteger(value)
  )
    column.addCell(BigInt(value));
  else column.addCell(value);
}

/** Kept for the pages of this module only: most walks look at many cells of one page. */
function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
