import { lookup3 } from '../layout/checksum.js';
import { compareBytes } from '../layout/compare-bytes.js';
import { MESSAGE, messageOf, type ObjectHeader } from '../layout/object-header.js';
import { firstIndex, recordsOfTree } from './btree2.js';
import { damaged } from './field-reader.js';
import { FractalHeap } from './fractal-heap.js';
import { fieldsOf, NAME_INDEX, parseLink, type StoredLink, SYMBOL_ENTRY_BYTES, symbolLink } from './links.js';
import { type Structures, Visited } from './structures.js';

const UTF8 = new TextEncoder();
/** Most names end within this many bytes. */
const NAME_READ = 64;

/**
 * The link of one name, found through the group's index: of a group of many thousand members only the nodes on the way
 * are read. Undefined where there is none.
 *
 * @throws FormatError `corrupt`
 */
export function findLink(file: Structures, header: ObjectHeader, name: string): StoredLink | undefined {
  for (const message of header.messages) {
    if (message.type !== MESSAGE.link) continue;
    const found = parseLink(fieldsOf(message));
    if (found.name === name) return found.link;
  }
  const table = messageOf(header, MESSAGE.symbolTable);
  if (table !== undefined) return symbolOfName(file, fieldsOf(table), UTF8.encode(name));
  const info = messageOf(header, MESSAGE.linkInfo);
  return info === undefined ? undefined : denseLink(file, fieldsOf(info), name);
}

/** The tree of names is sorted by their hash (spec III.A.2, record type 5). */
function denseLink(
  file: Structures,
  fields: ReturnType<typeof fieldsOf>,
  name: string,
): StoredLink | undefined {
  fields.skip(1);
  if (fields.u8() & 1) fields.skip(8);
  const heapAt = fields.address();
  const names = fields.address();
  if (heapAt === undefined || names === undefined) return undefined;
  const hash = lookup3(UTF8.encode(name));
  const compare = (record: Uint8Array): number => hashOf(record) - hash;
  let heap: FractalHeap | undefined;
  for (const record of recordsOfTree(file, names, NAME_INDEX, compare)) {
    record.skip(4);
    heap ??= new FractalHeap(file, heapAt);
    const found = parseLink(heap.object(record.take(record.left)));
    // Two names may share a hash.
    if (found.name === name) return found.link;
  }
  return undefined;
}

/** Of a record in the tree of names. */
export function hashOf(record: Uint8Array): number {
  return (record[0]! | (record[1]! << 8) | (record[2]! << 16) | (record[3]! << 24)) >>> 0;
}

/** Groups of old are sorted by name, byte by byte; a key is the last name of the child before it (spec III.A.1). */
function symbolOfName(
  file: Structures,
  fields: ReturnType<typeof fieldsOf>,
  name: Uint8Array,
): StoredLink | undefined {
  const tree = fields.address();
  const heapAt = fields.address();
  if (tree === undefined || heapAt === undefined) return undefined;
  const heap = file.fields(heapAt, 32).signature('HEAP').skip(4);
  const size = heap.length();
  heap.skip(8);
  const dataAt = heap.address();
  if (dataAt === undefined) return undefined;
  const names = new HeapNames(file, dataAt, size);
  const visited = new Visited();
  let address = tree;
  for (let above = 256; ; ) {
    visited.enter(address);
    const head = file.fields(address, 24).signature('TREE');
    const kind = head.u8();
    const level = head.u8();
    const count = head.u16();
    if (kind !== 0 || level >= above) throw damaged('read HDF5 file: a group with a wrong B-tree', address);
    if (count === 0) return undefined;
    const body = file.fields(address + 24, 8 + count * 16);
    body.skip(8);
    const children: { readonly address: number; readonly last: number }[] = [];
    for (let i = 0; i < count; i++) {
      const child = body.address();
      if (child === undefined) throw damaged('read HDF5 file: a B-tree node without a child', address);
      children.push({ address: child, last: body.length() });
    }
    const at = firstIndex(count, (i) => names.compare(children[i]!.last, name) >= 0);
    if (at === count) return undefined;
    address = children[at]!.address;
    if (level === 0) return inNode(file, address, names, name);
    above = level;
  }
}

function inNode(
  file: Structures,
  address: number,
  names: HeapNames,
  name: Uint8Array,
): StoredLink | undefined {
  const count = file.fields(address, 8).signature('SNOD').skip(2).u16();
  const nameAt = (i: number): number => file.fields(address + 8 + i * SYMBOL_ENTRY_BYTES, 8).length();
  const at = firstIndex(count, (i) => names.compare(nameAt(i), name) >= 0);
  if (at === count || names.compare(nameAt(at), name) !== 0) return undefined;
  const entry = file.fields(address + 8 + at * SYMBOL_ENTRY_BYTES, SYMBOL_ENTRY_BYTES).skip(8);
  return symbolLink(entry, address, (place) => new TextDecoder().decode(names.bytes(place)));
}

/** Names of a local heap, read one at a time (spec III.D). */
class HeapNames {
  readonly #file: Structures;
  readonly #at: number;
  readonly #size: number;

  constructor(file: Structures, at: number, size: number) {
    this.#file = file;
    this.#at = at;
    this.#size = size;
  }

  /** Without the zero that ends it. */
  bytes(at: number): Uint8Array {
    if (at >= this.#size) throw damaged('read HDF5 file: a name lies beyond its heap');
    for (let length = NAME_READ; ; length *= 4) {
      const part = this.#file.bytes(this.#at + at, Math.min(length, this.#size - at));
      const end = part.indexOf(0);
      if (end >= 0 || at + length >= this.#size) return end < 0 ? part : part.subarray(0, end);
    }
  }

  /** Below 0 where the name at `at` comes before `name`. */
  compare(at: number, name: Uint8Array): number {
    return compareBytes(this.bytes(at), name);
  }
}
