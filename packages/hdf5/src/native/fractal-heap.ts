import {
  blockSize,
  directRows,
  type HeapTable,
  placeOf,
  rowOffset,
  rowsOfTable,
} from '../layout/heap-table.js';
import { recordsOfTree } from './btree2.js';
import { damaged, FieldReader, LeaveToLibrary } from './field-reader.js';
import { bytesFor, type Structures } from './structures.js';

const HEADER_BYTES = 146;
const MOST_NESTED = 64;
const HUGE_TREE = 1;
/** The library's own blocks are no larger than 64 KiB. */
const MOST_KEPT_BLOCK = 2 ** 20;

/** A fractal heap (spec III.G): what links and attributes that outgrew their header are kept in. */
export class FractalHeap {
  readonly #file: Structures;
  readonly #idBytes: number;
  readonly #hugeTree: number | undefined;
  readonly #table: HeapTable;
  readonly #offsetBytes: number;
  readonly #lengthBytes: number;
  readonly #root: number | undefined;
  readonly #rootRows: number;
  #huge: Map<number, { readonly address: number; readonly length: number }> | undefined;

  /** Blocks that were read whole; undefined where only single objects are wanted. */
  readonly #blocks: Map<number, Uint8Array> | undefined;
  /** Tables whose blocks were asked for. */
  readonly #fetched = new Set<number>();

  /** @param all whether most objects will be asked for: blocks are then read whole, and kept */
  constructor(file: Structures, address: number, all = false) {
    this.#blocks = all ? new Map() : undefined;
    this.#file = file;
    const fields = file.fields(address, HEADER_BYTES).signature('FRHP').skip(1);
    this.#idBytes = fields.u16();
    if (fields.u16() !== 0) throw new LeaveToLibrary('a fractal heap with filters');
    fields.skip(1);
    const mostManaged = fields.u32();
    fields.skip(8);
    this.#hugeTree = fields.address();
    fields.skip(80);
    const width = fields.u16();
    const start = fields.length();
    const mostDirect = fields.length();
    const sizeBits = fields.u16();
    fields.skip(2);
    this.#root = fields.address();
    this.#rootRows = fields.u16();
    if (!(start > 0 && mostDirect >= start && width > 0 && sizeBits > 0 && sizeBits <= 64))
      throw damaged('read HDF5 file: a fractal heap of impossible sizes', address);
    file.checked(address, HEADER_BYTES);
    this.#table = { width, start, mostDirect };
    this.#offsetBytes = Math.ceil(sizeBits / 8);
    this.#lengthBytes = bytesFor(Math.min(mostDirect, mostManaged));
  }

  /** The object that an ID names. @throws FormatError `corrupt` */
  object(id: Uint8Array): FieldReader {
    const fields = new FieldReader(id.subarray(0, this.#idBytes), 0);
    const first = fields.u8();
    switch ((first >> 4) & 3) {
      case 0: {
        const offset = fields.uint(this.#offsetBytes);
        const length = fields.uint(this.#lengthBytes);
        return this.#managed(offset, length);
      }
      case 1:
        return this.#hugeObject(fields);
      case 2: {
        const length = this.#idBytes > 17 ? (((first & 15) << 8) | fields.u8()) + 1 : (first & 15) + 1;
        return new FieldReader(fields.take(length), 0);
      }
      default:
        throw damaged('read HDF5 file: an object of an unknown kind in a fractal heap');
    }
  }

  #managed(offset: number, length: number): FieldReader {
    if (this.#root === undefined) throw damaged('read HDF5 file: an object in an empty fractal heap');
    if (this.#rootRows === 0) return this.#inBlock(this.#root, offset, length, this.#table.start);
    return this.#inIndirect(this.#root, this.#rootRows, offset, length, 0);
  }

  #inIndirect(address: number, rows: number, offset: number, length: number, depth: number): FieldReader {
    if (depth > MOST_NESTED) throw damaged('read HDF5 file: a fractal heap nested too deeply', address);
    const { row, column } = placeOf(this.#table, offset);
    if (row >= rows) throw damaged('read HDF5 file: an object beyond its fractal heap', address);
    const { width } = this.#table;
    if (this.#blocks !== undefined) this.#fetchBlocks(address, rows);
    const size = blockSize(this.#table, row);
    const before = 13 + this.#offsetBytes + 8 * (row * width + column);
    const child = this.#part(address, 0, before + 8, { whole: 13 + this.#offsetBytes + 8 * rows * width })
      .signature('FHIB')
      .skip(before - 4)
      .address();
    if (child === undefined) throw damaged('read HDF5 file: a block of a fractal heap is missing', address);
    const inside = offset - rowOffset(this.#table, row) - column * size;
    if (row < directRows(this.#table)) return this.#inBlock(child, inside, length, size);
    return this.#inIndirect(child, rowsOfTable(this.#table, size), inside, length, depth + 1);
  }

  /** Over a network: all blocks of a table at once. */
  #fetchBlocks(address: number, rows: number): void {
    if (this.#fetched.has(address)) return;
    const { width } = this.#table;
    const direct = Math.min(rows, directRows(this.#table));
    const entries = this.#file.fields(address, 13 + this.#offsetBytes + 8 * rows * width);
    entries.skip(13 + this.#offsetBytes);
    const blocks = Array.from({ length: direct * width }, () => entries.address());
    this.#file.ahead(
      blocks.filter((block) => block !== undefined),
      blockSize(this.#table, direct - 1),
    );
    this.#fetched.add(address);
  }

  #inBlock(address: number, offset: number, length: number, size: number): FieldReader {
    if (offset + length > size) throw damaged('read HDF5 file: an object beyond its heap block', address);
    return this.#part(address, offset, length, { whole: size });
  }

  /** `length` bytes of the block at `address`, which has `whole`. */
  #part(address: number, offset: number, length: number, { whole }: { readonly whole: number }): FieldReader {
    const { view, base } = this.#file;
    if (this.#blocks === undefined || whole > MOST_KEPT_BLOCK || base + address + whole > view.size)
      return this.#file.fields(address + offset, length);
    let block = this.#blocks.get(address);
    if (block === undefined) {
      block = this.#file.bytes(address, whole);
      this.#blocks.set(address, block);
    }
    return new FieldReader(block.subarray(offset, offset + length), base + address + offset);
  }

  #hugeObject(fields: FieldReader): FieldReader {
    // Where the ID has room for it, it holds the place itself.
    if (this.#idBytes >= 17) {
      const address = fields.address();
      const length = fields.length();
      if (address === undefined) throw damaged('read HDF5 file: a huge object without a place');
      return this.#file.fields(address, length);
    }
    this.#huge ??= this.#hugePlaces();
    const place = this.#huge.get(fields.uint(Math.min(8, this.#idBytes - 1)));
    if (place === undefined) throw damaged('read HDF5 file: a huge object that is not there');
    return this.#file.fields(place.address, place.length);
  }
  #hugePlaces(): Map<number, { readonly address: number; readonly length: number }> {
    const places = new Map<number, { readonly address: number; readonly length: number }>();
    if (this.#hugeTree === undefined) return places;
    for (const record of recordsOfTree(this.#file, this.#hugeTree, HUGE_TREE)) {
      const address = record.address();
      const length = record.length();
      if (address !== undefined) places.set(record.length(), { address, length });
    }
    return places;
  }
}
