import { damaged, FieldReader } from './field-reader.js';
import { bytesFor, type Structures, Visited } from './structures.js';

/** Signature, version, type and checksum of a node. */
const NODE_FRAME = 10;
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
  const pointer = 8 + tree.countBytes + (level > 1 ? tree.totalBytes[level - 1]! : 0);
  const used = NODE_FRAME + count * recordSize + (level > 0 ? (count + 1) * pointer : 0);
  if (used > tree.nodeSize) throw damaged('read HDF5 file: a B-tree node of too many records', address);
  const node = file
    .checked(address, used)
    .signature(level > 0 ? 'BTIN' : 'BTLF')
    .skip(2);
  const records: FieldReader[] = [];
  for (let i = 0; i < count; i++) {
    const offset = node.offset + node.at;
    records.push(new FieldReader(node.take(recordSize), offset));
  }
  const sides = records.map((record) => tree.compare?.(record.bytes) ?? 0);
  const children: { readonly address: number; readonly held: number; readonly at: number }[] = [];
  for (let i = 0; level > 0 && i <= count; i++) {
    const child = node.address();
    const held = node.uint(tree.countBytes);
    if (level > 1) node.skip(tree.totalBytes[level - 1]!);
    if (child === undefined) throw damaged('read HDF5 file: a B-tree node without a child', address);
    // Equal ones may lie on both sides of a record that is sought.
    if ((i === 0 || sides[i - 1]! <= 0) && (i === count || sides[i]! >= 0))
      children.push({ address: child, held, at: i });
  }
  file.ahead(
    children.map((child) => child.address),
    tree.nodeSize,
  );
  let next = 0;
  for (let i = 0; i <= count; i++) {
    const child = children[next]?.at === i ? children[next++] : undefined;
    if (child !== undefined) yield* visit(file, tree, child.address, child.held, level - 1, visited);
    if (i < count && sides[i] === 0) yield records[i]!;
  }
}
