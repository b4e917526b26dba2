import { dataView, readAddress } from '../layout/file-view.js';
import { type HeapTable, rowsOfTable } from '../layout/heap-table.js';
import { damaged, FieldReader } from '../native/field-reader.js';
import type { ChangedBlocks } from './changed-blocks.js';

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

/** A field of eight bytes. */
type WideField = 'free' | 'manager' | 'spanned' | 'allocated' | 'next' | 'objects' | 'root';

/** The header of a fractal heap (spec III.G) that objects are added to: its fields are read and changed where they stand. */
export class HeapHeader {
  readonly address: number;
  readonly bytes: Uint8Array;
  readonly table: HeapTable;
  readonly bits: number;
  readonly #view: DataView;
  readonly #base: number;

  /** Undefined where the heap is of a kind that is not changed here. @throws FormatError `corrupt` */
  static open(blocks: ChangedBlocks, address: number): HeapHeader | undefined {
    const header = new HeapHeader(blocks, address);
    const { table, bits } = header;
    // A table that no block of its last rows could stand for never grows.
    const grows = table.start > 0 && rowsOfTable(table, 2 * table.mostDirect) >= 1 && bits <= 40;
    return header.#view.getUint16(AT.filters, true) === 0 && grows ? header : undefined;
  }

  private constructor(blocks: ChangedBlocks, address: number) {
    this.address = address;
    this.bytes = blocks.block(address, HEADER_BYTES, HEADER_BYTES);
    this.#base = blocks.structures.base;
    new FieldReader(this.bytes, this.#base + address).signature('FRHP');
    const view = dataView(this.bytes);
    this.#view = view;
    this.bits = view.getUint16(AT.bits, true);
    this.table = {
      width: view.getUint16(AT.width, true),
      start: Number(view.getBigUint64(AT.start, true)),
      mostDirect: Number(view.getBigUint64(AT.mostDirect, true)),
    };
  }

  get idBytes(): number {
    return this.#view.getUint16(AT.idBytes, true);
  }

  /** Of an object that stands in a block. */
  get largest(): number {
    return this.#view.getUint32(AT.largest, true);
  }

  /** Of the root's table; 0 where the root is a block. */
  get rows(): number {
    return this.#view.getUint16(AT.rows, true);
  }

  set rows(rows: number) {
    this.#view.setUint16(AT.rows, rows, true);
  }

  get offsetBytes(): number {
    return Math.ceil(this.bits / 8);
  }

  /** Whether blocks have checksums. */
  get checked(): boolean {
    return (this.bytes[AT.flags]! & CHECKED_BLOCKS) !== 0;
  }

  /** Bytes of a block that are not for objects. */
  get frame(): number {
    return 13 + this.offsetBytes + (this.checked ? 4 : 0);
  }

  /** Undefined where there is none. */
  addressAt(field: 'manager' | 'root'): number | undefined {
    return readAddress(this.#view, AT[field]);
  }

  get(field: WideField): number {
    return Number(this.#view.getBigUint64(AT[field], true));
  }

  set(field: WideField, value: number): void {
    this.#view.setBigUint64(AT[field], BigInt(value), true);
  }

  add(field: WideField, value: number): void {
    this.#view.setBigUint64(AT[field], this.#view.getBigUint64(AT[field], true) + BigInt(value), true);
  }

  damaged(state: string): Error {
    return damaged(`change HDF5 file: a fractal heap, ${state}`, this.#base + this.address);
  }
}
