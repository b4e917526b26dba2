import { PAGE } from '../file/btree.js';
import type { PageSpace } from './page-space.js';
import { varintSize, writeVarint } from './varint.js';

/** Overflow pages that are made in one piece. */
const LEAST_RUN = 4;

interface Child {
  readonly page: number;
  /** Largest key in the child: a rowid, or in indexes the payload that stands between it and the next. */
  readonly key: number | Uint8Array;
}

/** A page that is being filled: pointers from the front, cells from the back. */
class FillingPage {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly view: DataView;
  cells = 0;
  readonly #start: number;
  readonly #header: number;
  #content: number;

  constructor(number: number, bytes: Uint8Array, type: number) {
    this.number = number;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#start = number === 1 ? 100 : 0;
    this.#header = type < PAGE.leafIndex ? 12 : 8;
    this.#content = bytes.byteLength;
    bytes[this.#start] = type;
  }

  hasRoom(size: number): boolean {
    return this.#start + this.#header + 2 * (this.cells + 1) + size <= this.#content;
  }

  /** Place for a cell. */
  place(size: number): number {
    this.#content -= size;
    this.view.setUint16(this.#start + this.#header + 2 * this.cells, this.#content);
    this.cells++;
    return this.#content;
  }

  /** Takes the last cell back. */
  drop(size: number): void {
    this.#content += size;
    this.cells--;
    this.view.setUint16(this.#start + this.#header + 2 * this.cells, 0);
  }

  close(right: number): void {
    this.view.setUint16(this.#start + 3, this.cells);
    // 65536 is written as 0.
    this.view.setUint16(this.#start + 5, this.#content & 0xffff);
    if (this.#header === 12) this.view.setUint32(this.#start + 8, right);
  }
}

/** Most and least bytes of a payload in its page (file format, 1.6). */
function limits(usable: number, isTable: boolean): { readonly most: number; readonly least: number } {
  return {
    most: isTable ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23,
    least: Math.floor(((usable - 12) * 32) / 255) - 23,
  };
}

function localBytes(size: number, usable: number, isTable: boolean): number {
  const { most, least } = limits(usable, isTable);
  if (size <= most) return size;
  const wanted = least + ((size - least) % (usable - 4));
  return wanted <= most ? wanted : least;
}

/** Builds the b-tree of a table, rows in the order of their rowids. */
export class TableBuilder {
  readonly #space: PageSpace;
  readonly #children: Child[] = [];
  readonly #first: { readonly number: number; readonly bytes: Uint8Array } | undefined;
  #page: FillingPage | undefined;
  #rowid = 0;

  /** @param root page that the tree has to begin in, when it is given */
  constructor(space: PageSpace, root?: { readonly number: number; readonly bytes: Uint8Array }) {
    this.#space = space;
    this.#first = root;
  }

  /** A row whose payload fits into a page; `write` puts it at a place. */
  add(size: number, write: (target: Uint8Array, view: DataView, at: number) => void): void {
    const rowid = ++this.#rowid;
    const header = varintSize(size) + varintSize(rowid);
    const page = this.#roomFor(header + size);
    const at = page.place(header + size);
    const next = writeVarint(page.bytes, writeVarint(page.bytes, at, size), rowid);
    write(page.bytes, page.view, next);
  }

  fits(size: number): boolean {
    return size <= limits(this.#space.pageSize, true).most;
  }

  /** A row of any size, in pieces. */
  addPieces(size: number, pieces: readonly Uint8Array[]): void {
    const rowid = ++this.#rowid;
    const local = localBytes(size, this.#space.pageSize, true);
    const header = varintSize(size) + varintSize(rowid);
    const cell = header + local + 4;
    const page = this.#roomFor(cell);
    let at = page.place(cell);
    at = writeVarint(page.bytes, writeVarint(page.bytes, at, size), rowid);
    const reader = new PieceReader(pieces);
    reader.copy(page.bytes, at, local);
    page.view.setUint32(at + local, writeOverflow(this.#space, reader, size - local));
  }

  /** Number of the root page. */
  finish(): number {
    const last = this.#page ?? this.#open();
    last.close(0);
    this.#children.push({ page: last.number, key: this.#rowid });
    return raise(this.#space, this.#children, true);
  }

  #roomFor(cell: number): FillingPage {
    let page = this.#page ?? this.#open();
    if (!page.hasRoom(cell)) {
      page.close(0);
      this.#children.push({ page: page.number, key: this.#rowid - 1 });
      page = this.#open();
    }
    return page;
  }

  #open(): FillingPage {
    const { number, bytes } = (this.#children.length === 0 ? this.#first : undefined) ?? this.#space.take();
    this.#page = new FillingPage(number, bytes, PAGE.leafTable);
    return this.#page;
  }
}

/** The b-tree of an index: records in their order. Answers the root page. */
export function buildIndex(space: PageSpace, records: readonly Uint8Array[]): number {
  const children: Child[] = [];
  const open = (): FillingPage => {
    const { number, bytes } = space.take();
    return new FillingPage(number, bytes, PAGE.leafIndex);
  };
  let page = open();
  let lastSize = 0;
  for (let i = 0; i < records.length; i++) {
    const size = indexCellSize(space, records[i]!);
    if (!page.hasRoom(size)) {
      // What does not fit stands between this leaf and the next. The last record needs a leaf: then it is the one before.
      const isLast = i === records.length - 1;
      if (isLast) page.drop(lastSize);
      page.close(0);
      children.push({ page: page.number, key: records[isLast ? i - 1 : i]! });
      page = open();
      if (!isLast) continue;
    }
    writeIndexCell(space, page, page.place(size), records[i]!);
    lastSize = size;
  }
  page.close(0);
  children.push({ page: page.number, key: 0 });
  return raise(space, children, false);
}

function indexCellSize(space: PageSpace, record: Uint8Array): number {
  const size = record.byteLength;
  const local = localBytes(size, space.pageSize, false);
  return Math.max(4, varintSize(size) + local + (local < size ? 4 : 0));
}

function writeIndexCell(space: PageSpace, page: FillingPage, at: number, record: Uint8Array): void {
  const size = record.byteLength;
  const local = localBytes(size, space.pageSize, false);
  const next = writeVarint(page.bytes, at, size);
  const reader = new PieceReader([record]);
  reader.copy(page.bytes, next, local);
  if (local < size) page.view.setUint32(next + local, writeOverflow(space, reader, size - local));
}

/** Interior pages above the children, until one is the root. */
function raise(space: PageSpace, children: readonly Child[], isTable: boolean): number {
  if (children.length === 1) return children[0]!.page;
  const parents: Child[] = [];
  const type = isTable ? PAGE.interiorTable : PAGE.interiorIndex;
  const sizeOf = (key: Child['key']): number =>
    4 + (typeof key === 'number' ? varintSize(key) : indexCellSize(space, key));
  let taken = space.take();
  let page = new FillingPage(taken.number, taken.bytes, type);
  for (let i = 0; i < children.length; i++) {
    const { page: child, key } = children[i]!;
    const size = sizeOf(key);
    const isLast = i === children.length - 1;
    // A page with one child is none: where not all of the last three have room, two of them are left for the next.
    const leave =
      !isLast &&
      (!page.hasRoom(size) ||
        (i === children.length - 3 && page.cells > 0 && !fitsRest(page, children, i, sizeOf)));
    if (isLast || leave) {
      page.close(child);
      parents.push({ page: page.number, key });
      if (isLast) break;
      taken = space.take();
      page = new FillingPage(taken.number, taken.bytes, type);
      continue;
    }
    const at = page.place(size);
    page.view.setUint32(at, child);
    if (typeof key === 'number') writeVarint(page.bytes, at + 4, key);
    else writeIndexCell(space, page, at + 4, key);
  }
  return raise(space, parents, isTable);
}

/** Whether all children from `from` on but the last, which is the right child, have room. */
function fitsRest(
  page: FillingPage,
  children: readonly Child[],
  from: number,
  sizeOf: (key: Child['key']) => number,
): boolean {
  let size = 0;
  for (let i = from; i < children.length - 1; i++) {
    size += sizeOf(children[i]!.key) + (i > from ? 2 : 0);
    if (!page.hasRoom(size)) return false;
  }
  return true;
}

/** Copies runs of bytes from pieces, in order. */
class PieceReader {
  readonly #pieces: readonly Uint8Array[];
  #piece = 0;
  #at = 0;

  constructor(pieces: readonly Uint8Array[]) {
    this.#pieces = pieces;
  }

  copy(target: Uint8Array, at: number, length: number): void {
    let to = at;
    let left = length;
    while (left > 0) {
      const piece = this.#pieces[this.#piece]!;
      const count = Math.min(left, piece.byteLength - this.#at);
      target.set(piece.subarray(this.#at, this.#at + count), to);
      to += count;
      left -= count;
      this.#at += count;
      if (this.#at === piece.byteLength) {
        this.#piece++;
        this.#at = 0;
      }
    }
  }
}

/** Writes `size` bytes into overflow pages; answers the first. */
function writeOverflow(space: PageSpace, reader: PieceReader, size: number): number {
  const perPage = space.pageSize - 4;
  const count = Math.ceil(size / perPage);
  const run = count >= LEAST_RUN ? space.takeRun(count) : undefined;
  if (run !== undefined) {
    const view = new DataView(run.bytes.buffer);
    for (let i = 0; i < count; i++) {
      const at = i * space.pageSize;
      if (i < count - 1) view.setUint32(at, run.first + i + 1);
      reader.copy(run.bytes, at + 4, Math.min(perPage, size - i * perPage));
    }
    return run.first;
  }
  let first = 0;
  let before: Uint8Array | undefined;
  for (let left = size; left > 0; left -= perPage) {
    const { number, bytes } = space.take();
    if (before === undefined) first = number;
    else new DataView(before.buffer, before.byteOffset).setUint32(0, number);
    reader.copy(bytes, 4, Math.min(perPage, left));
    before = bytes;
  }
  return first;
}
