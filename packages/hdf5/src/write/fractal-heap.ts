import { FREE_SPACE_HEADER, type FreeSection, freeSpaceHeader, freeSpaceList } from '../layout/free-space.js';
import {
  blockSize,
  directRows,
  type HeapTable,
  placeOf,
  roomOf,
  rowOffset,
  rowsOfTable,
} from '../layout/heap-table.js';
import { ByteList } from './byte-list.js';
import type { FileWriter } from './file-writer.js';

/** Largest object that is kept in the heap's blocks, as the HDF5 library has it for links. */
export const LARGEST_IN_HEAP = 4096;
/** Kind, offset in four bytes, length in two. */
export const HEAP_ID_BYTES = 7;
const HEADER_BYTES = 146;
const BLOCK_FRAME = 17;
/** As in the heaps of the library. */
const WIDTH = 4;
const MOST_DIRECT = 65_536;
const HEAP_BITS = 32;
const LEAST_START = 512;
/** A row of these is as long as the smallest table that stands for a block. */
const MOST_START = (2 * MOST_DIRECT) / WIDTH;
/** The first rows hold all objects where there are few. */
const FIRST_BLOCKS = 16;

interface Block {
  readonly offset: number;
  readonly bytes: Uint8Array;
  address: number;
}

/**
 * A fractal heap (spec III.G) of objects of up to {@link LARGEST_IN_HEAP} bytes. Gives its address, and their IDs. What is
 * left free of its blocks is told to who adds to it.
 */
export function writeHeap(
  writer: FileWriter,
  objects: readonly Uint8Array[],
): { readonly heap: number; readonly ids: readonly Uint8Array[] } {
  const total = objects.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const largest = objects.reduce((most, { byteLength }) => Math.max(most, byteLength), 0);
  const least = powerOfTwo(Math.max(total / FIRST_BLOCKS, largest + BLOCK_FRAME));
  const start = Math.min(MOST_START, Math.max(LEAST_START, least));
  const table: HeapTable = { width: WIDTH, start, mostDirect: MOST_DIRECT };
  const { blocks, ids, free } = fillBlocks(table, objects);
  const last = blocks.at(-1)!;
  const until = last.offset + last.bytes.byteLength;
  const rows = placeOf(table, until - 1).row + 1;

  const header = new Uint8Array(HEADER_BYTES);
  const heap = writer.add(header);
  for (const block of blocks) {
    block.bytes.set(blockHeader(heap, block.offset));
    block.address = writer.add(block.bytes);
  }
  const addresses = new Map(blocks.map(({ offset, address }) => [offset, address]));
  const root = writeTable(writer, { table, heap, addresses, until }, rows, 0);
  const kind = { offsetBits: HEAP_BITS, mostDirect: MOST_DIRECT };
  const manager = new Uint8Array(FREE_SPACE_HEADER);
  const managerAt = free.length === 0 ? undefined : writer.add(manager);
  if (managerAt !== undefined) {
    const list = freeSpaceList(free, kind, managerAt);
    const used = list.byteLength;
    manager.set(freeSpaceHeader(free, kind, { list: writer.add(list), used, allocated: used }));
  }
  header.set(
    new ByteList()
      .text('FRHP')
      .u8(0)
      .u16(HEAP_ID_BYTES)
      .u16(0) // no filters
      .u8(0) // no checksums of blocks
      .u32(LARGEST_IN_HEAP)
      .u64(0)
      .u64(undefined) // no huge objects
      .u64(roomOf(table, rows, BLOCK_FRAME) - total)
      .u64(managerAt)
      .u64(rowOffset(table, rows))
      .u64(blocks.reduce((sum, { bytes }) => sum + bytes.byteLength, 0))
      .u64(until) // where the next block will be
      .u64(objects.length)
      .u64(0)
      .u64(0)
      .u64(0)
      .u64(0)
      .u16(WIDTH)
      .u64(start)
      .u64(MOST_DIRECT)
      .u16(HEAP_BITS)
      .u16(1)
      .u64(root)
      .u16(rows)
      .sealed(),
  );
  return { heap, ids };
}

function fillBlocks(
  table: HeapTable,
  objects: readonly Uint8Array[],
): { readonly blocks: Block[]; readonly ids: Uint8Array[]; readonly free: FreeSection[] } {
  const places = blockPlaces(table, Number.POSITIVE_INFINITY, 0);
  const blocks: Block[] = [];
  const ids: Uint8Array[] = [];
  const free: FreeSection[] = [];
  let used = 0;
  const leave = (): void => {
    const block = blocks.at(-1);
    if (block === undefined || used === block.bytes.byteLength) return;
    free.push({ offset: block.offset + used, size: block.bytes.byteLength - used });
  };
  for (const object of objects) {
    if (blocks.length === 0 || used + object.byteLength > blocks.at(-1)!.bytes.byteLength) {
      leave();
      const { offset, size } = places.next().value!; // there is no end of them
      blocks.push({ offset, bytes: new Uint8Array(size), address: 0 });
      used = BLOCK_FRAME;
    }
    const { offset, bytes } = blocks.at(-1)!;
    bytes.set(object, used);
    ids.push(
      new ByteList()
        .u8(0)
        .u32(offset + used)
        .u16(object.byteLength)
        .finish(),
    );
    used += object.byteLength;
  }
  leave();
  return { blocks, ids, free };
}

/** The blocks that hold objects, in the order in which they are filled. */
function* blockPlaces(
  table: HeapTable,
  rows: number,
  from: number,
): Generator<{ readonly offset: number; readonly size: number }, undefined> {
  for (let row = 0; row < rows; row++) {
    const size = blockSize(table, row);
    for (let column = 0; column < table.width; column++) {
      const offset = from + rowOffset(table, row) + column * size;
      if (row < directRows(table)) yield { offset, size };
      else yield* blockPlaces(table, rowsOfTable(table, size), offset);
    }
  }
  return undefined;
}

interface Placed {
  readonly table: HeapTable;
  readonly heap: number;
  readonly addresses: ReadonlyMap<number, number>;
  readonly until: number;
}

/** Tables within are written before the one that leads to them. */
function writeTable(writer: FileWriter, placed: Placed, rows: number, from: number): number {
  const { table, heap, addresses, until } = placed;
  const children: (number | undefined)[] = [];
  for (let row = 0; row < rows; row++) {
    const size = blockSize(table, row);
    for (let column = 0; column < table.width; column++) {
      const offset = from + rowOffset(table, row) + column * size;
      if (row < directRows(table)) children.push(addresses.get(offset));
      else
        children.push(
          offset < until ? writeTable(writer, placed, rowsOfTable(table, size), offset) : undefined,
        );
    }
  }
  return writer.add(tableBlock(heap, from, children));
}

/** A block of the heap that leads to others; those that are not there yet have no address. */
export function tableBlock(
  heap: number,
  offset: number,
  children: readonly (number | undefined)[],
  offsetBytes: number = HEAP_BITS / 8,
): Uint8Array {
  const list = new ByteList().text('FHIB').u8(0).u64(heap).uint(offset, offsetBytes);
  for (const child of children) list.u64(child);
  return list.sealed();
}

/** What a block that holds objects begins with. */
export function blockHeader(heap: number, offset: number, offsetBytes: number = HEAP_BITS / 8): Uint8Array {
  return new ByteList().text('FHDB').u8(0).u64(heap).uint(offset, offsetBytes).finish();
}

function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
}
