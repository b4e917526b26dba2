import { lookup3 } from '../layout/checksum.js';
import { compareBytes } from '../layout/compare-bytes.js';
import { dataView } from '../layout/file-view.js';
import { MESSAGE, messageOf, type ObjectHeader } from '../layout/object-header.js';
import { FieldReader } from '../native/field-reader.js';
import { hashOf } from '../native/find-link.js';
import { fieldsOf, NAME_INDEX, ORDER_INDEX, parseLink } from '../native/links.js';
import { ByteList } from '../write/byte-list.js';
import { HARD_ADDRESS_FROM_END, type LinkTarget, link } from '../write/messages.js';
import { type ChangedBlocks, seal } from './changed-blocks.js';
import { GrowingHeap } from './growing-heap.js';
import { findRecord, insertRecord } from './insert-record.js';

const TRACKS_ORDER = 1;
const INDEXES_ORDER = 2;
/** Place of the next link's order in a link info message (spec IV.A.2.c). */
const NEXT_ORDER = 2;
const HASH_BYTES = 4;

const UTF8 = new TextEncoder();

/** A group whose links stand in a heap behind an index of their names: links are added and turned in place. */
export class DenseGroup {
  readonly #blocks: ChangedBlocks;
  readonly #header: ObjectHeader;
  readonly #heap: GrowingHeap;
  readonly #names: number;
  readonly #orders: number | undefined;
  /** Of the next link; undefined where the group does not track it. */
  #order: number | undefined;

  /** Undefined for a group of another kind, and for what is not changed here. @throws FormatError `corrupt` */
  static open(blocks: ChangedBlocks, header: ObjectHeader): DenseGroup | undefined {
    const info = messageOf(header, MESSAGE.linkInfo);
    if (info === undefined || messageOf(header, MESSAGE.link) !== undefined) return undefined;
    const fields = fieldsOf(info).skip(1);
    const flags = fields.u8();
    const order = flags & TRACKS_ORDER ? fields.length() : undefined;
    const heapAt = fields.address();
    const names = fields.address();
    const orders = flags & INDEXES_ORDER ? fields.address() : undefined;
    if (heapAt === undefined || names === undefined) return undefined;
    const heap = GrowingHeap.open(blocks, heapAt);
    return heap === undefined ? undefined : new DenseGroup(blocks, header, heap, names, orders, order);
  }

  private constructor(
    blocks: ChangedBlocks,
    header: ObjectHeader,
    heap: GrowingHeap,
    names: number,
    orders: number | undefined,
    order: number | undefined,
  ) {
    this.#blocks = blocks;
    this.#header = header;
    this.#heap = heap;
    this.#names = names;
    this.#orders = orders;
    this.#order = order;
  }

  /** Whether a link of this name, as it is stored, can be added in place. */
  fits(name: string): boolean {
    return this.#heap.fits(link(name, this.#order, { kind: 'hard', address: 0 }).body.byteLength);
  }

  /** Adds a link of a name that is not there. */
  add(name: string, target: LinkTarget): void {
    const id = this.#heap.insert(link(name, this.#order, target).body);
    const text = UTF8.encode(name);
    const record = new ByteList().u32(lookup3(text)).bytes(id).finish();
    insertRecord(this.#blocks, this.#names, NAME_INDEX, record, this.#comparison(text));
    if (this.#orders !== undefined) {
      const last = new ByteList().u64(this.#order).bytes(id).finish();
      insertRecord(this.#blocks, this.#orders, ORDER_INDEX, last, () => -1);
    }
    if (this.#order !== undefined) this.#order++;
  }

  /** Leads the hard link of a name to another object. */
  turn(name: string, address: number): void {
    const text = UTF8.encode(name);
    const record = findRecord(this.#blocks, this.#names, NAME_INDEX, this.#comparison(text))!; // it was looked up
    const id = record.subarray(HASH_BYTES);
    const body = this.#heap.object(id)!; // links are no huge objects
    dataView(body).setBigUint64(body.byteLength - HARD_ADDRESS_FROM_END, BigInt(address), true);
    this.#heap.replace(id, body);
  }

  /** Once all links are in. */
  finish(): void {
    this.#heap.finish();
    const info = messageOf(this.#header, MESSAGE.linkInfo)!; // it was found when the group was opened
    if (this.#order === undefined) return;
    const chunk = this.#header.chunks.find(({ from, to }) => info.at >= from && info.at < to)!; // it holds the message
    const bytes = this.#blocks.block(chunk.at - this.#blocks.structures.base, chunk.size);
    dataView(bytes).setBigUint64(info.at - chunk.at + NEXT_ORDER, BigInt(this.#order), true);
    if (this.#header.version === 2) seal(bytes);
  }

  /** The tree is sorted by hash, and by name where hashes are the same. */
  #comparison(name: Uint8Array): (record: Uint8Array) => number {
    const hash = lookup3(name);
    return (record) => {
      const byHash = hashOf(record) - hash;
      if (byHash !== 0) return byHash;
      const body = this.#heap.object(record.subarray(HASH_BYTES));
      if (body === undefined) return -1;
      return compareBytes(UTF8.encode(parseLink(new FieldReader(body, 0)).name), name);
    };
  }
}
