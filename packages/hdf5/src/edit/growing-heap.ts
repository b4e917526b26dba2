import {
  FREE_SPACE_HEADER,
  type FreeSection,
  type FreeSpace,
  freeSpaceHeader,
  freeSpaceList,
  mostOfList,
  readFreeSpace,
} from '../layout/free-space.js';
import { FieldReader } from '../native/field-reader.js';
import { bytesFor } from '../native/structures.js';
import { ByteList } from '../write/byte-list.js';
import { type ChangedBlocks, seal } from './changed-blocks.js';
import { HeapBlocks } from './heap-blocks.js';
import { HeapHeader } from './heap-header.js';

/** Sections that a list of free space gets room for beside those it has. */
const SPARE_SECTIONS = 4;

/** A fractal heap (spec III.G) that objects are added to in place. */
export class GrowingHeap {
  readonly #blocks: ChangedBlocks;
  readonly #header: HeapHeader;
  readonly #objects: HeapBlocks;
  readonly #space: FreeSpace;
  #sections: FreeSection[];

  /** Undefined where the heap is of a kind that is not changed here. @throws FormatError `corrupt` */
  static open(blocks: ChangedBlocks, address: number): GrowingHeap | undefined {
    const header = HeapHeader.open(blocks, address);
    if (header === undefined) return undefined;
    const manager = header.addressAt('manager');
    const { bits, table } = header;
    const space =
      manager === undefined
        ? { allocated: 0, list: undefined, sections: [] }
        : readFreeSpace(blocks.structures, manager, { offsetBits: bits, mostDirect: table.mostDirect });
    if (space === undefined || header.addressAt('root') === undefined) return undefined;
    return new GrowingHeap(blocks, header, space);
  }

  private constructor(blocks: ChangedBlocks, header: HeapHeader, space: FreeSpace) {
    this.#blocks = blocks;
    this.#header = header;
    this.#objects = new HeapBlocks(blocks, header);
    this.#space = space;
    this.#sections = [...space.sections];
  }

  /** Whether objects of this size stand in every block. */
  fits(size: number): boolean {
    const most = Math.min(this.#header.largest, this.#header.table.start - this.#header.frame);
    return size <= most && size >= this.#header.idBytes;
  }

  /** Takes the smallest gap that holds the object, or a new block. Returns its ID. */
  insert(object: Uint8Array): Uint8Array {
    const size = object.byteLength;
    if (!this.#sections.some((section) => section.size >= size)) this.#sections.push(this.#objects.grow());
    const section = this.#sections
      .filter((one) => one.size >= size)
      .reduce((best, one) => (one.size < best.size ? one : best));
    this.#sections = this.#sections.filter((one) => one !== section);
    if (section.size > size)
      this.#sections.push({ offset: section.offset + size, size: section.size - size });
    this.#objects.write(section.offset, object);
    this.#header.add('free', -size);
    this.#header.add('objects', 1);
    const { mostDirect } = this.#header.table;
    const most = Math.min(mostDirect, this.#header.largest);
    const id = new ByteList().u8(0).uint(section.offset, this.#header.offsetBytes).uint(size, bytesFor(most));
    const padded = new Uint8Array(this.#header.idBytes);
    padded.set(id.finish());
    return padded;
  }

  /** A copy of the object of an ID; undefined for one that does not lie in the heap's blocks. */
  object(id: Uint8Array): Uint8Array | undefined {
    const fields = new FieldReader(id, 0);
    if ((fields.u8() & 0x30) !== 0) return undefined;
    const offset = fields.uint(this.#header.offsetBytes);
    const most = Math.min(this.#header.table.mostDirect, this.#header.largest);
    const length = fields.uint(bytesFor(most));
    return this.#objects.read(offset, length);
  }

  /** Puts an object of the same size in the place of one. */
  replace(id: Uint8Array, object: Uint8Array): void {
    this.#objects.write(new FieldReader(id, 0).skip(1).uint(this.#header.offsetBytes), object);
  }

  /** Writes the header and the free space, once all objects are in. */
  finish(): void {
    const kind = { offsetBits: this.#header.bits, mostDirect: this.#header.table.mostDirect };
    const sections = this.#sections;
    let manager = this.#header.addressAt('manager');
    if (manager === undefined) {
      manager = this.#blocks.add(new Uint8Array(FREE_SPACE_HEADER));
      this.#header.set('manager', manager);
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
    seal(this.#header.bytes);
  }
}
