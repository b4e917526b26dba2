import { type HeaderMessage, MESSAGE, type ObjectHeader } from '../layout/object-header.js';
import { recordsOfTree } from './btree2.js';
import { damaged, FieldReader } from './field-reader.js';
import { FractalHeap } from './fractal-heap.js';
import { type Structures, Visited } from './structures.js';

/** What a name in a group leads to. */
export type StoredLink =
  | { readonly kind: 'hard'; readonly address: number }
  | { readonly kind: 'soft'; readonly to: string }
  | { readonly kind: 'external'; readonly file: string; readonly to: string }
  | { readonly kind: 'user' };

interface NamedLink {
  readonly name: string;
  readonly order: number | undefined;
  readonly link: StoredLink;
}

const UTF8 = new TextDecoder('utf-8', { ignoreBOM: true });
/** Types of the B-trees of a group's names, and of the order in which they came. */
export const NAME_INDEX = 5;
export const ORDER_INDEX = 6;
const EXTERNAL = 64;
export const SYMBOL_ENTRY_BYTES = 40;
/** Of a file with the usual parameters: what is fetched ahead over a network. */
const MOST_SYMBOLS = 8;
const MOST_NODE_BYTES = 544;
const SOFT_LINK_CACHE = 2;

/** The links of a group: in creation order where it is tracked, else sorted by name. */
export function linksOf(file: Structures, header: ObjectHeader): Map<string, StoredLink> {
  const links: NamedLink[] = [];
  for (const message of header.messages) {
    if (message.type === MESSAGE.link) links.push(parseLink(fieldsOf(message)));
    else if (message.type === MESSAGE.symbolTable) links.push(...symbolTableLinks(file, fieldsOf(message)));
    else if (message.type === MESSAGE.linkInfo) links.push(...denseLinks(file, fieldsOf(message)));
  }
  const ordered = links.every((link) => link.order !== undefined);
  links.sort((a, b) => (ordered ? a.order! - b.order! : a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  return new Map(links.map(({ name, link }) => [name, link]));
}

export function fieldsOf({ body, at }: HeaderMessage): FieldReader {
  return new FieldReader(body, at);
}

/** Spec IV.A.2.g */
export function parseLink(fields: FieldReader): NamedLink {
  fields.skip(1);
  const flags = fields.u8();
  const kind = flags & 8 ? fields.u8() : 0;
  const order = flags & 4 ? fields.uint(6) + fields.u16() * 2 ** 48 : undefined;
  if (flags & 16) fields.skip(1);
  const name = UTF8.decode(fields.take(fields.uint(1 << (flags & 3))));
  return { name, order, link: parseTarget(fields, kind) };
}

function parseTarget(fields: FieldReader, kind: number): StoredLink {
  if (kind === 0) {
    const address = fields.address();
    if (address === undefined) throw damaged('read HDF5 file: a link without an address', fields.offset);
    return { kind: 'hard', address };
  }
  const value = fields.take(fields.u16());
  if (kind === 1) return { kind: 'soft', to: UTF8.decode(value) };
  if (kind !== EXTERNAL) return { kind: 'user' };
  const [target = '', to = '/'] = UTF8.decode(value.subarray(1)).split('\0');
  return { kind: 'external', file: target, to };
}

/** Links in a fractal heap, found through the tree of their names (spec IV.A.2.c). */
function* denseLinks(file: Structures, fields: FieldReader): Generator<NamedLink> {
  fields.skip(1);
  const flags = fields.u8();
  if (flags & 1) fields.skip(8);
  const heapAt = fields.address();
  const names = fields.address();
  if (heapAt === undefined || names === undefined) return;
  const heap = new FractalHeap(file, heapAt, true);
  for (const record of recordsOfTree(file, names, NAME_INDEX)) {
    record.skip(4);
    yield parseLink(heap.object(record.take(record.left)));
  }
}

/** Groups of old: a B-tree of symbol nodes, and a heap of names (spec III.A.1, III.B, III.D). */
function symbolTableLinks(file: Structures, fields: FieldReader): NamedLink[] {
  const tree = fields.address();
  const heapAt = fields.address();
  if (tree === undefined || heapAt === undefined) return [];
  const heap = file.fields(heapAt, 32).signature('HEAP').skip(4);
  const size = heap.length();
  heap.skip(8);
  const dataAt = heap.address();
  const names = dataAt === undefined ? new Uint8Array(0) : file.bytes(dataAt, size);
  const visited = new Visited();
  // Level by level: over a network each is asked for at once.
  let nodes: readonly number[] = [tree];
  for (let above = 256; above > 0; ) {
    file.ahead(nodes, MOST_NODE_BYTES);
    const read = nodes.map((address) => groupNode(file, address, visited));
    const level = read[0]?.level ?? 0;
    for (const [i, node] of read.entries())
      if (node.level !== level || level >= above)
        throw damaged('read HDF5 file: a group with a wrong B-tree', nodes[i]);
    nodes = read.flatMap(({ children }) => children);
    above = level;
  }
  file.ahead(nodes, 8 + MOST_SYMBOLS * SYMBOL_ENTRY_BYTES);
  return nodes.flatMap((address) => {
    visited.enter(address);
    return [...symbolNode(file, address, names)];
  });
}

function groupNode(
  file: Structures,
  address: number,
  visited: Visited,
): { readonly level: number; readonly children: readonly number[] } {
  visited.enter(address);
  const head = file.fields(address, 24).signature('TREE');
  if (head.u8() !== 0) throw damaged('read HDF5 file: a group with a wrong B-tree', address);
  const level = head.u8();
  const count = head.u16();
  const body = file.fields(address + 24, 8 + count * 16).skip(8);
  const children = Array.from({ length: count }, () => {
    const child = body.address();
    body.skip(8);
    if (child === undefined) throw damaged('read HDF5 file: a B-tree node without a child', address);
    return child;
  });
  return { level, children };
}

function* symbolNode(file: Structures, address: number, names: Uint8Array): Generator<NamedLink> {
  const count = file.fields(address, 8).signature('SNOD').skip(2).u16();
  const fields = file.fields(address + 8, count * SYMBOL_ENTRY_BYTES);
  for (let i = 0; i < count; i++) {
    const name = textAt(names, fields.length());
    const link = symbolLink(fields, address, (place) => textAt(names, place));
    yield { name, order: undefined, link };
  }
}

/** What stands behind the name in an entry of a symbol table (spec III.C). */
export function symbolLink(fields: FieldReader, address: number, textOf: (at: number) => string): StoredLink {
  const target = fields.address();
  const cache = fields.u32();
  fields.skip(4);
  const scratch = fields.u32();
  fields.skip(12);
  if (cache === SOFT_LINK_CACHE) return { kind: 'soft', to: textOf(scratch) };
  if (target === undefined) throw damaged('read HDF5 file: a link without an address', address);
  return { kind: 'hard', address: target };
}

function textAt(names: Uint8Array, at: number): string {
  if (at >= names.byteLength) throw damaged('read HDF5 file: a name lies beyond its heap');
  const end = names.indexOf(0, at);
  return UTF8.decode(names.subarray(at, end < 0 ? names.byteLength : end));
}
