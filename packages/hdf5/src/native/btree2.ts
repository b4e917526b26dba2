import { damaged, FieldReader } from './field-reader.js';
import { bytesFor, type Structures, Visited } from './structures.js';

/** Signature, version, type and checksum of a node. */
export const NODE_FRAME = 10;
const HEADER_BYTES = 38;
const MOST_DEPTH = 64;

/**
 * The records of a version 2 B-tree in order (spec III.A.2); with `compare` those that it calls 0, and of the tree only
 * the nodes on the way to them. It says below 0 of records before the ones that are sought.
 */
export function* recordsOfTree(
  file: Structures,
  address: number,
  type: number,
  compare?: (record: Uint8Array) => number,
): Generator<FieldReader> {
  const header = file.checked(address, HEADER_BYTES).signature('BTHD').skip(1);
  if (header.u8() !== type) throw damaged('read HDF5 file: a B-tree of another type', address);
  const nodeSize = header.u32();
  const recordSize = header.u16();
  const depth = header.u16();
  header.skip(2);
  const root = header.address();
  const count = header.u16();
  if (root === undefined || count === 0) return;
  if (recordSize === 0 || nodeSize < NODE_FRAME + recordSize || depth > MOST_DEPTH)
    throw damaged('read HDF5 file: a B-tree of impossible sizes', address);
  const tree = treeShape(nodeSize, recordSize, depth);
  yield* visit(file, { ...tree, compare }, root, count, depth, new Visited());
}

export interface TreeShape {
  readonly nodeSize: number;
  readonly recordSize: number;
  /** Bytes of the number of records in a node. */
  readonly countBytes: number;
  /** Bytes of the number of records below a node of each level. */
  readonly totalBytes: readonly number[];
}

interface Walk extends TreeShape {
  readonly compare: ((record: Uint8Array) => number) | undefined;
}

/** What the sizes of a tree's nodes and records mean for their fields. */
export function treeShape(nodeSize: number, recordSize: number, depth: number): TreeShape {
  const leaf = Math.floor((nodeSize - NODE_FRAME) / recordSize);
  const countBytes = bytesFor(leaf);
  const totalBytes = [0];
  let below = leaf;
  for (let level = 1; level <= depth; level++) {
    const pointer = 8 + countBytes + totalBytes[level - 1]!;
    const most = Math.floor((nodeSize - NODE_FRAME - pointer) / (recordSize + pointer));
    below = Math.min(2 ** 62, (most + 1) * below + most);
    totalBytes.push(bytesFor(below));
  }
  return { nodeSize, recordSize, countBytes, totalBytes };
}

/** Bytes of a pointer to a child in a node of this level. */
export function nodePointer({ countBytes, totalBytes }: TreeShape, level: number): number {
  return 8 + countBytes + (level > 1 ? totalBytes[level - 1]! : 0);
}

function* visit(
  file: Structures,
  tree: Walk,
  address: number,
  count: number,
  level: number,
  visited: Visited,
): Generator<FieldReader> {
  visited.enter(address);
  const { recordSize } = tree;
  const pointer = nodePointer(tree, level);
  const used = NODE_FRAME + count * recordSize + (level > 0 ? (count + 1) * pointer : 0);
  if (used > tree.nodeSize) throw damaged('read HDF5 file: a B-tree node of too many records', address);
  const node = file
    .checked(address, used)
    .signature(level > 0 ? 'BTIN' : 'BTLF')
    .skip(2);
  const recordsAt = node.offset + node.at;
  const records = node.take(count * recordSize);
  const { compare } = tree;
  const from = compare === undefined ? 0 : firstRecord(records, recordSize, (one) => compare(one) >= 0);
  const to = compare === undefined ? count : firstRecord(records, recordSize, (one) => compare(one) > 0);
  const children: { readonly address: number; readonly held: number }[] = [];
  for (let i = 0; level > 0 && i <= to; i++) {
    const child = node.address();
    const held = node.uint(tree.countBytes);
    if (level > 1) node.skip(tree.totalBytes[level - 1]!);
    if (child === undefined) throw damaged('read HDF5 file: a B-tree node without a child', address);
    // Equal ones may lie on both sides of a record that is sought.
    if (i >= from) children.push({ address: child, held });
  }
  file.ahead(
    children.map((child) => child.address),
    tree.nodeSize,
  );
  for (let i = from; i <= to; i++) {
    const child = children[i - from];
    if (child !== undefined) yield* visit(file, tree, child.address, child.held, level - 1, visited);
    if (i < to) yield new FieldReader(recordAt(records, recordSize, i), recordsAt + i * recordSize);
  }
}

/** The first record of a node from which on `holds` is true; their number where it never is. */
export function firstRecord(
  records: Uint8Array,
  recordSize: number,
  holds: (record: Uint8Array) => boolean,
): number {
  return firstIndex(records.byteLength / recordSize, (i) => holds(recordAt(records, recordSize, i)));
}

export function recordAt(records: Uint8Array, recordSize: number, index: number): Uint8Array {
  return records.subarray(index * recordSize, (index + 1) * recordSize);
}

/** The first index from which on `holds` is true, `count` where it never is. */
export function firstIndex(count: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
