import { MAGIC } from '../file/header.js';
import { type CellSource, cellsOfValues, sizeOfSerial } from './cell-source.js';
import { PageSpace } from './page-space.js';
import { buildIndex, TableBuilder } from './tree-builder.js';
import { varintSize, writeVarint } from './varint.js';

/** The version of SQLite whose rules this file keeps. */
const LIBRARY_VERSION = 3_040_000;
const SCHEMA_FORMAT = 4;
const HEADER_BYTES = 100;

interface SchemaRow {
  readonly type: string;
  readonly name: string;
  readonly table: string;
  readonly root: number;
  readonly sql: string | null;
}

/** Builds the bytes of a new database, table by table. */
export class DatabaseBuilder {
  readonly #space: PageSpace;
  readonly #first: { readonly number: number; readonly bytes: Uint8Array };
  readonly #schema: SchemaRow[] = [];

  constructor(pageSize: number) {
    this.#space = new PageSpace(pageSize);
    this.#first = this.#space.take();
  }

  /** A table of rows with the keys 1, 2, …; `unique` is the column of a primary key that is text. */
  addTable(
    name: string,
    sql: string,
    columns: readonly CellSource[],
    rows: number,
    unique?: readonly string[],
  ): void {
    const builder = new TableBuilder(this.#space);
    writeRows(builder, columns, rows);
    this.#schema.push({ type: 'table', name, table: name, root: builder.finish(), sql });
    if (unique === undefined) return;
    const root = buildIndex(this.#space, indexRecords(unique.map((text) => [text])));
    this.#schema.push({ type: 'index', name: `sqlite_autoindex_${name}_1`, table: name, root, sql: null });
  }

  /** An index over columns of text of a table that was added. @param rows those columns of each row */
  addIndex(name: string, table: string, sql: string, rows: readonly (readonly string[])[]): void {
    const root = buildIndex(this.#space, indexRecords(rows));
    this.#schema.push({ type: 'index', name, table, root, sql });
  }

  finish(): Uint8Array[] {
    this.#writeSchema();
    const { bytes } = this.#first;
    const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_BYTES);
    const { pageSize, count } = this.#space;
    for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
    view.setUint16(16, pageSize === 65536 ? 1 : pageSize);
    bytes.set([1, 1, 0, 64, 32, 32], 18);
    view.setUint32(24, 1);
    view.setUint32(28, count);
    view.setUint32(40, 1);
    view.setUint32(44, SCHEMA_FORMAT);
    view.setUint32(56, 1);
    view.setUint32(92, 1);
    view.setUint32(96, LIBRARY_VERSION);
    return this.#space.pieces();
  }

  /** The schema table begins in page 1: where it takes more than that, its rows stand below an interior page. */
  #writeSchema(): void {
    const rows = this.#schema.map(({ type, name, table, root, sql }) => [
      type,
      name,
      table,
      BigInt(root),
      sql,
    ]);
    const columns = [0, 1, 2, 3, 4].map((field) => cellsOfValues(rows.map((row) => row[field]!)));
    const sizes = rows.map((_, row) => payloadSize(columns, row) + 2 * varintSize(rows.length) + 8);
    const total = sizes.reduce((sum, size) => sum + size, 0);
    if (
      total <= this.#space.pageSize - HEADER_BYTES - 8 &&
      sizes.every((size) => size < this.#space.pageSize - 200)
    ) {
      const builder = new TableBuilder(this.#space, this.#first);
      writeRows(builder, columns, rows.length);
      builder.finish();
      return;
    }
    const builder = new TableBuilder(this.#space);
    writeRows(builder, columns, rows.length);
    const { bytes } = this.#first;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // An interior page without cells, whose right child is the tree.
    bytes[HEADER_BYTES] = 5;
    view.setUint16(HEADER_BYTES + 5, this.#space.pageSize & 0xffff);
    view.setUint32(HEADER_BYTES + 8, builder.finish());
  }
}

/** Rows of a table, cells written straight into their page. */
function writeRows(builder: TableBuilder, columns: readonly CellSource[], rows: number): void {
  const serials = new Array<number>(columns.length).fill(0);
  for (let row = 0; row < rows; row++) {
    let header = 0;
    let body = 0;
    for (let i = 0; i < columns.length; i++) {
      const serial = columns[i]!.serial(row);
      serials[i] = serial;
      header += varintSize(serial);
      body += sizeOfSerial(serial);
    }
    header += varintSize(header + varintSize(header));
    const size = header + body;
    if (builder.fits(size))
      builder.add(size, (target, view, at) => writeRecord(columns, serials, row, header, target, view, at));
    else builder.addPieces(size, recordPieces(columns, serials, row, header));
  }
}

function writeRecord(
  columns: readonly CellSource[],
  serials: readonly number[],
  row: number,
  header: number,
  target: Uint8Array,
  view: DataView,
  start: number,
): void {
  let at = writeVarint(target, start, header);
  let place = start + header;
  for (let i = 0; i < columns.length; i++) {
    const serial = serials[i]!;
    at = writeVarint(target, at, serial);
    columns[i]!.write(row, target, view, place);
    place += sizeOfSerial(serial);
  }
}

/** A record in pieces: a large blob is not copied. */
function recordPieces(
  columns: readonly CellSource[],
  serials: readonly number[],
  row: number,
  header: number,
): Uint8Array[] {
  const head = new Uint8Array(header);
  let at = writeVarint(head, 0, header);
  for (const serial of serials) at = writeVarint(head, at, serial);
  const bodies = columns.map((column, i) => {
    const cell = column.cell(row);
    if (cell instanceof Uint8Array) return cell;
    const bytes = new Uint8Array(sizeOfSerial(serials[i]!));
    column.write(row, bytes, new DataView(bytes.buffer), 0);
    return bytes;
  });
  return [head, ...bodies].filter((piece) => piece.byteLength > 0);
}

function payloadSize(columns: readonly CellSource[], row: number): number {
  let size = 2;
  for (const column of columns) {
    const serial = column.serial(row);
    size += varintSize(serial) + sizeOfSerial(serial);
  }
  return size;
}

/** Records of an index over columns of text: the texts and the rowid, in the order of the texts' bytes. */
function indexRecords(rows: readonly (readonly string[])[]): Uint8Array[] {
  const encoder = new TextEncoder();
  return rows
    .map((texts, i) => ({ texts, keys: texts.map((text) => encoder.encode(text)), rowid: i + 1 }))
    .sort((a, b) => compareKeys(a.keys, b.keys))
    .map(({ texts, rowid }) => {
      const cells = [...texts, BigInt(rowid)].map((cell) => cellsOfValues([cell]));
      const serials = cells.map((cell) => cell.serial(0));
      let header = serials.reduce((sum, serial) => sum + varintSize(serial), 0);
      header += varintSize(header + 1);
      const record = new Uint8Array(header + serials.reduce((sum, serial) => sum + sizeOfSerial(serial), 0));
      writeRecord(cells, serials, 0, header, record, new DataView(record.buffer), 0);
      return record;
    });
}

function compareKeys(a: readonly Uint8Array[], b: readonly Uint8Array[]): number {
  for (let i = 0; i < a.length; i++) {
    const order = compareBytes(a[i]!, b[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.byteLength, b.byteLength);
  for (let i = 0; i < length; i++) if (a[i] !== b[i]) return a[i]! - b[i]!;
  return a.byteLength - b.byteLength;
}
