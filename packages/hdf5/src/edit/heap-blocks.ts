import { lookup3 } from '../layout/checksum.js';
import { dataView, readAddress } from '../layout/file-view.js';
import type { FreeSection } from '../layout/free-space.js';
import { blockSize, directRows, placeOf, roomOf, rowOffset, rowsOfTable } from '../layout/heap-table.js';
import { blockHeader, tableBlock } from '../write/fractal-heap.js';
import { type ChangedBlocks, seal } from './changed-blocks.js';
import type { HeapHeader } from './heap-header.js';

interface HeapBlock {
  readonly address: number;
  /** Of the block's first byte in the heap. */
  readonly offset: number;
  readonly size: number;
}

/** The blocks of a fractal heap (spec III.G), and the tables that lead to them. */
export class HeapBlocks {
  readonly #blocks: ChangedBlocks;
  readonly #header: HeapHeader;

  constructor(blocks: ChangedBlocks, header: HeapHeader) {
    this.#blocks = blocks;
    this.#header = header;
  }

  /** A copy of an object. */
  read(offset: number, length: number): Uint8Array {
    const { block, at } = this.#at(offset, length);
    const bytes = this.#header.checked
      ? this.#blocks.block(block.address, block.size).subarray(at, at + length)
      : this.#blocks.part(block.address, at, length);
    return bytes.slice();
  }

  write(offset: number, object: Uint8Array): void {
    const { block, at } = this.#at(offset, object.byteLength);
    if (!this.#header.checked)
      return void this.#blocks.part(block.address, at, object.byteLength).set(object);
    const bytes = this.#blocks.block(block.address, block.size);
    bytes.set(object, at);
    sealBlock(bytes, this.#header.frame);
  }

  /** A block where the next one has to be; its table gets more rows when they are full. Gives the room in it. */
  grow(): FreeSection {
    let root = this.#header.addressAt('root')!; // a heap without one was not opened
    let rows = this.#header.rows;
    const next = rows === 0 ? this.#header.table.start : this.#header.get('next');
    const { row } = placeOf(this.#header.table, next);
    if (row >= rows) {
      const before =
        rows === 0
          ? this.#header.table.start - this.#header.frame
          : roomOf(this.#header.table, rows, this.#header.frame);
      const more = Math.min(this.#mostRows(), Math.max(row + 1, 2 * rows));
      if (row >= more) throw this.#header.damaged('it has no room left');
      const children: (number | undefined)[] = new Array(more * this.#header.table.width).fill(undefined);
      if (rows === 0) children[0] = root;
      else {
        const old = dataView(this.#tableBytes(root, rows));
        for (let i = 0; i < rows * this.#header.table.width; i++)
          children[i] = readAddress(old, this.#childAt(0, i));
      }
      root = this.#blocks.add(tableBlock(this.#header.address, 0, children, this.#header.offsetBytes));
      rows = more;
      this.#header.set('root', root);
      this.#header.rows = rows;
      this.#header.set('spanned', rowOffset(this.#header.table, rows));
      this.#header.add('free', roomOf(this.#header.table, rows, this.#header.frame) - before);
    }
    const size = this.#addBelow(root, rows, 0, next);
    this.#header.set('next', next + size);
    this.#header.add('allocated', size);
    return { offset: next + this.#header.frame, size: size - this.#header.frame };
  }

  #at(offset: number, length: number): { readonly block: HeapBlock; readonly at: number } {
    const root = this.#header.addressAt('root')!; // a heap without one was not opened
    const rows = this.#header.rows;
    const block: HeapBlock =
      rows === 0
        ? { address: root, offset: 0, size: this.#header.table.start }
        : this.#blockOf(root, rows, 0, offset);
    if (offset + length > block.offset + block.size) throw this.#header.damaged('an object beyond its heap');
    return { block, at: offset - block.offset };
  }

  #blockOf(table: number, rows: number, from: number, offset: number): HeapBlock {
    const { row, column } = placeOf(this.#header.table, offset - from);
    if (row >= rows) throw this.#header.damaged('an object beyond its heap');
    const child = readAddress(dataView(this.#tableBytes(table, rows)), this.#childAt(row, column));
    if (child === undefined) throw this.#header.damaged('a block is missing');
    const size = blockSize(this.#header.table, row);
    const start = from + rowOffset(this.#header.table, row) + column * size;
    if (row < directRows(this.#header.table)) return { address: child, offset: start, size };
    return this.#blockOf(child, rowsOfTable(this.#header.table, size), start, offset);
  }

  /** Returns the size of the block. */
  #addBelow(table: number, rows: number, from: number, offset: number): number {
    const { row, column } = placeOf(this.#header.table, offset - from);
    const size = blockSize(this.#header.table, row);
    const start = from + rowOffset(this.#header.table, row) + column * size;
    const bytes = this.#tableBytes(table, rows);
    const view = dataView(bytes);
    const at = this.#childAt(row, column);
    let child = readAddress(view, at);
    if (row < directRows(this.#header.table)) {
      if (child !== undefined || start !== offset)
        throw this.#header.damaged('its next block is there already');
      child = this.#blocks.add(this.#emptyBlock(offset, size));
      view.setBigUint64(at, BigInt(child), true);
      seal(bytes);
      return size;
    }
    const inner = rowsOfTable(this.#header.table, size);
    if (child === undefined) {
      const none = new Array<undefined>(inner * this.#header.table.width).fill(undefined);
      child = this.#blocks.add(tableBlock(this.#header.address, start, none, this.#header.offsetBytes));
      view.setBigUint64(at, BigInt(child), true);
      seal(bytes);
    }
    return this.#addBelow(child, inner, start, offset);
  }

  #emptyBlock(offset: number, size: number): Uint8Array {
    const block = new Uint8Array(size);
    block.set(blockHeader(this.#header.address, offset, this.#header.offsetBytes));
    if (this.#header.checked) sealBlock(block, this.#header.frame);
    return block;
  }

  #mostRows(): number {
    return this.#header.bits - Math.log2(this.#header.table.start * this.#header.table.width) + 1;
  }

  #tableBytes(address: number, rows: number): Uint8Array {
    const size = this.#childAt(rows, 0) + 4;
    return this.#blocks.block(address, size, size);
  }

  #childAt(row: number, column: number): number {
    return 13 + this.#header.offsetBytes + 8 * (row * this.#header.table.width + column);
  }
}

/** The checksum of a block is the last of its frame, and covers all of it with 0 there. */
function sealBlock(bytes: Uint8Array, frame: number): void {
  const view = dataView(bytes);
  view.setUint32(frame - 4, 0, true);
  view.setUint32(frame - 4, lookup3(bytes), true);
}
