import { lookup3 } from '../layout/checksum.js';
import { dataView, readAddress } from '../layout/file-view.js';
import {
  FREE_SPACE_HEADER,
  type FreeSection,
  type FreeSpace,
  freeSpaceHeader,
  freeSpaceList,
  mostOfList,
  readFreeSpace,
} from '../layout/free-space.js';
import {
  blockSize,
  directRows,
  type HeapTable,
  placeOf,
  roomOf,
  rowOffset,
  rowsOfTable,
} from '../layout/heap-table.js';
import { damaged, FieldReader } from '../native/field-reader.js';
import { bytesFor } from '../native/structures.js';
import { ByteList } from '../write/byte-list.js';
import { blockHeader, tableBlock } from '../write/fractal-heap.js';
import { type ChangedBlocks, seal } from './changed-blocks.js';

const HEADER_BYTES = 146;
/** Places in a header (spec III.G). */
const AT = {
  idBytes: 5,
  filters: 7,
  flags: 9,
  largest: 10,
  free: 30,
  manager: 38,
  spanned: 46,
  allocated: 54,
  next: 62,
  objects: 70,
  width: 110,
  start: 112,
  mostDirect: 120,
  bits: 128,
  root: 132,
  rows: 140,
} as const;
const CHECKED_BLOCKS = 2;
/** Sections that a list of free space gets room for beside those it has. */
const SPARE_SECTIONS = 4;

interface HeapBlock {
  readonly address: number;
  /** Of the block's first byte in the heap. */
  readonly offset: number;
  readonly size: number;
}

/** A fractal heap (spec III.G) that objects are added to in place. */
export class GrowingHeap {
  readonly #blocks: ChangedBlocks;
  readonly #address: number;
  readonly #header: Uint8Array;
  readonly #view: DataView;
  readonly #table: HeapTable;
  readonly #bits: number;
  readonly #space: FreeSpace;
  #sections: FreeSection[];

  /** Undefined where the heap is of a kind that is not changed here. @throws FormatError `corrupt` */
  static open(blocks: ChangedBlocks, address: number): GrowingHeap | undefined {
    const { structures } = blocks;
    const header = blocks.block(address, HEADER_BYTES, HEADER_BYTES);
    new FieldReader(header, structures.base + address).signature('FRHP');
    const view = dataView(header);
    const table = {
      width: view.getUint16(AT.width, true),
      start: Number(view.getBigUint64(AT.start, true)),
      mostDirect: Number(view.getBigUint64(AT.mostDirect, true)),
    };
    const bits = view.getUint16(AT.bits, true);
    // A table that no block of its last rows could stand for never grows.
    const grows = table.start > 0 && rowsOfTable(table, 2 * table.mostDirect) >= 1 && bits <= 40;
    if (view.getUint16(AT.filters, true) !== 0 || !grows) return undefined;
    const manager = readAddress(view, AT.manager);
    const space =
      manager === undefined
        ? { allocated: 0, list: undefined, sections: [] }
        : readFreeSpace(structures, manager, { offsetBits: bits, mostDirect: table.mostDirect });
    if (space === undefined || readAddress(view, AT.root) === undefined) return undefined;
    return new GrowingHeap(blocks, address, header, table, bits, space);
  }

  private constructor(
    blocks: ChangedBlocks,
    address: number,
    header: Uint8Array,
    table: HeapTable,
    bits: number,
    space: FreeSpace,
  ) {
    this.#blocks = blocks;
    this.#address = address;
    this.#header = header;
    this.#view = dataView(header);
    this.#table = table;
    this.#bits = bits;
    this.#space = space;
    this.#sections = [...space.sections];
  }

  /** Whether objects of this size stand in every block. */
  fits(size: number): boolean {
    const most = Math.min(this.#view.getUint32(AT.largest, true), this.#table.start - this.#frame);
    return size <= most && size >= this.#view.getUint16(AT.idBytes, true);
  }

  /** Takes the smallest gap that holds the object, or a new block. Returns its ID. */
  insert(object: Uint8Array): Uint8Array {
    const size = object.byteLength;
    if (!this.#sections.some((section) => section.size >= size)) this.#addBlock();
    const section = this.#sections
      .filter((one) => one.size >= size)
      .reduce((best, one) => (one.size < best.size ? one : best));
    this.#sections = this.#sections.filter((one) => one !== section);
    if (section.size > size)
      this.#sections.push({ offset: section.offset + size, size: section.size - size });
    this.#write(section.offset, object);
    this.#add(AT.free, -size);
    this.#add(AT.objects, 1);
    const { mostDirect } = this.#table;
    const most = Math.min(mostDirect, this.#view.getUint32(AT.largest, true));
    const id = new ByteList().u8(0).uint(section.offset, this.#offsetBytes).uint(size, bytesFor(most));
    const padded = new Uint8Array(this.#view.getUint16(AT.idBytes, true));
    padded.set(id.finish());
    return padded;
  }

  /** A copy of the object of an ID; undefined for one that does not lie in the heap's blocks. */
  object(id: Uint8Array): Uint8Array | undefined {
    const fields = new FieldReader(id, 0);
    if ((fields.u8() & 0x30) !== 0) return undefined;
    const offset = fields.uint(this.#offsetBytes);
    const most = Math.min(this.#table.mostDirect, this.#view.getUint32(AT.largest, true));
    const length = fields.uint(bytesFor(most));
    const { block, at } = this.#at(offset, length);
    const bytes = this.#checked
      ? this.#blocks.block(block.address, block.size).subarray(at, at + length)
      : this.#blocks.part(block.address, at, length);
    return bytes.slice();
  }

  /** Puts an object of the same size in the place of one. */
  replace(id: Uint8Array, object: Uint8Array): void {
    this.#write(new FieldReader(id, 0).skip(1).uint(this.#offsetBytes), object);
  }

  /** Writes the header and the free space, once all objects are in. */
  finish(): void {
    const kind = { offsetBits: this.#bits, mostDirect: this.#table.mostDirect };
    const sections = this.#sections;
    let manager = readAddress(this.#view, AT.manager);
    if (manager === undefined) {
      manager = this.#blocks.add(new Uint8Array(FREE_SPACE_HEADER));
      this.#set(AT.manager, manager);
    }
    const list = freeSpaceList(sections, kind, manager);
    const used = sections.length === 0 ? 0 : list.byteLength;
    let { allocated, list: listAt } = this.#space;
    if (used > allocated || (used > 0 && listAt === undefined)) {
      allocated = Math.max(used, mostOfList(sections.length + SPARE_SECTIONS, kind));
      listAt = this.#blocks.add(new Uint8Array(allocated));
    } else if (used === 0) {
      allocated = 0;
      listAt = undefined;
    }
    if (listAt !== undefined) this.#blocks.block(listAt, allocated).set(list);
    this.#blocks
      .block(manager, FREE_SPACE_HEADER)
      .set(freeSpaceHeader(sections, kind, { list: listAt, used, allocated }));
    seal(this.#header);
  }

  get #offsetBytes(): number {
    return Math.ceil(this.#bits / 8);
  }

  get #checked(): boolean {
    return (this.#header[AT.flags]! & CHECKED_BLOCKS) !== 0;
  }

  /** Bytes of a block that are not for objects. */
  get #frame(): number {
    return 13 + this.#offsetBytes + (this.#checked ? 4 : 0);
  }

  #write(offset: number, object: Uint8Array): void {
    const { block, at } = this.#at(offset, object.byteLength);
    if (!this.#checked) return void this.#blocks.part(block.address, at, object.byteLength).set(object);
    const bytes = this.#blocks.block(block.address, block.size);
    bytes.set(object, at);
    sealBlock(bytes, this.#frame);
  }

  #at(offset: number, length: number): { readonly block: HeapBlock; readonly at: number } {
    const root = readAddress(this.#view, AT.root)!; // a heap without one was not opened
    const rows = this.#view.getUint16(AT.rows, true);
    const block: HeapBlock =
      rows === 0
        ? { address: root, offset: 0, size: this.#table.start }
        : this.#blockOf(root, rows, 0, offset);
    if (offset + length > block.offset + block.size) throw this.#damaged('an object beyond its heap');
    return { block, at: offset - block.offset };
  }

  #blockOf(table: number, rows: number, from: number, offset: number): HeapBlock {
    const { row, column } = placeOf(this.#table, offset - from);
    if (row >= rows) throw this.#damaged('an object beyond its heap');
    const child = readAddress(dataView(this.#tableBytes(table, rows)), this.#childAt(row, column));
    if (child === undefined) throw this.#damaged('a block is missing');
    const size = blockSize(this.#table, row);
    const start = from + rowOffset(this.#table, row) + column * size;
    if (row < directRows(this.#table)) return { address: child, offset: start, size };
    return this.#blockOf(child, rowsOfTable(this.#table, size), start, offset);
  }

  /** A block where the next one has to be; its table gets more rows when they are full. */
  #addBlock(): void {
    let root = readAddress(this.#view, AT.root)!; // a heap without one was not opened
    let rows = this.#view.getUint16(AT.rows, true);
    const next = rows === 0 ? this.#table.start : Number(this.#view.getBigUint64(AT.next, true));
    const { row } = placeOf(this.#table, next);
    if (row >= rows) {
      const before = rows === 0 ? this.#table.start - this.#frame : roomOf(this.#table, rows, this.#frame);
      const more = Math.min(this.#mostRows(), Math.max(row + 1, 2 * rows));
      if (row >= more) throw this.#damaged('it has no room left');
      const children: (number | undefined)[] = new Array(more * this.#table.width).fill(undefined);
      if (rows === 0) children[0] = root;
      else {
        const old = dataView(this.#tableBytes(root, rows));
        for (let i = 0; i < rows * this.#table.width; i++)
          children[i] = readAddress(old, this.#childAt(0, i));
      }
      root = this.#blocks.add(tableBlock(this.#address, 0, children, this.#offsetBytes));
      rows = more;
      this.#set(AT.root, root);
      this.#view.setUint16(AT.rows, rows, true);
      this.#set(AT.spanned, rowOffset(this.#table, rows));
      this.#add(AT.free, roomOf(this.#table, rows, this.#frame) - before);
    }
    const size = this.#addBelow(root, rows, 0, next);
    this.#set(AT.next, next + size);
    this.#add(AT.allocated, size);
    this.#sections.push({ offset: next + this.#frame, size: size - this.#frame });
  }

  /** Returns the size of the block. */
  #addBelow(table: number, rows: number, from: number, offset: number): number {
    const { row, column } = placeOf(this.#table, offset - from);
    const size = blockSize(this.#table, row);
    const start = from + rowOffset(this.#table, row) + column * size;
    const bytes = this.#tableBytes(table, rows);
    const view = dataView(bytes);
    const at = this.#childAt(row, column);
    let child = readAddress(view, at);
    if (row < directRows(this.#table)) {
      if (child !== undefined || start !== offset) throw this.#damaged('its next block is there already');
      child = this.#blocks.add(this.#emptyBlock(offset, size));
      view.setBigUint64(at, BigInt(child), true);
      seal(bytes);
      return size;
    }
    const inner = rowsOfTable(this.#table, size);
    if (child === undefined) {
      const none = new Array<undefined>(inner * this.#table.width).fill(undefined);
      child = this.#blocks.add(tableBlock(this.#address, start, none, this.#offsetBytes));
      view.setBigUint64(at, BigInt(child), true);
      seal(bytes);
    }
    return this.#addBelow(child, inner, start, offset);
  }

  #emptyBlock(offset: number, size: number): Uint8Array {
    const block = new Uint8Array(size);
    block.set(blockHeader(this.#address, offset, this.#offsetBytes));
    if (this.#checked) sealBlock(block, this.#frame);
    return block;
  }

  #mostRows(): number {
    return this.#bits - Math.log2(this.#table.start * this.#table.width) + 1;
  }

  #tableBytes(address: number, rows: number): Uint8Array {
    const size = this.#childAt(rows, 0) + 4;
    return this.#blocks.block(address, size, size);
  }

  #childAt(row: number, column: number): number {
    return 13 + this.#offsetBytes + 8 * (row * this.#table.width + column);
  }

  #set(at: number, value: number): void {
    this.#view.setBigUint64(at, BigInt(value), true);
  }

  #add(at: number, value: number): void {
    this.#view.setBigUint64(at, this.#view.getBigUint64(at, true) + BigInt(value), true);
  }

  #damaged(state: string): Error {
    return damaged(
      `change HDF5 file: a fractal heap, ${state}`,
      this.#blocks.structures.base + this.#address,
    );
  }
}

/** The checksum of a block is the last of its frame, and covers all of it with 0 there. */
function sealBlock(bytes: Uint8Array, frame: number): void {
  const view = dataView(bytes);
  view.setUint32(frame - 4, 0, true);
  view.setUint32(frame - 4, lookup3(bytes), true);
}
