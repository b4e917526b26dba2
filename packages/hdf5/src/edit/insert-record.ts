import { dataView } from '../layout/file-view.js';
import {
  firstRecord,
  NODE_FRAME,
  nodePointer,
  recordAt,
  type TreeShape,
  treeShape,
} from '../native/btree2.js';
import { damaged, FieldReader } from '../native/field-reader.js';
import { ByteList } from '../write/byte-list.js';
import { type ChangedBlocks, seal } from './changed-blocks.js';

const HEADER_BYTES = 38;
/** Places in a header (spec III.A.2). */
const NODE_SIZE = 6;
const RECORD_SIZE = 10;
const DEPTH = 12;
const ROOT = 16;
const ROOT_COUNT = 24;
const TOTAL = 26;

interface Child {
  readonly address: number;
  readonly count: number;
  /** Records in it and below it. */
  readonly total: number;
}

interface Node {
  /** One behind the other. */
  readonly records: Uint8Array;
  readonly children: readonly Child[];
}

interface Tree extends TreeShape {
  readonly blocks: ChangedBlocks;
  readonly type: number;
}

/** A node after an insert: two where it was split, with a record between them. */
interface Grown {
  readonly left: Child;
  readonly split?: { readonly record: Uint8Array; readonly right: Child };
}

/** The record of a version 2 B-tree that `compare` calls 0. It says below 0 of records before the one that is sought. */
export function findRecord(
  blocks: ChangedBlocks,
  address: number,
  type: number,
  compare: (record: Uint8Array) => number,
): Uint8Array | undefined {
  const { tree, view, depth } = openTree(blocks, address, type);
  let child = rootOf(view);
  for (let level = depth; child !== undefined; level--) {
    const { records, children }: Node = readNode(tree, child, level);
    const at = firstRecord(records, tree.recordSize, (record) => compare(record) >= 0);
    const record = recordAt(records, tree.recordSize, at);
    if (record.byteLength > 0 && compare(record) === 0) return record;
    child = children[at];
  }
  return undefined;
}

/** Puts a record into a version 2 B-tree (spec III.A.2), before those that `compare` is above 0 for. @throws FormatError `corrupt` */
export function insertRecord(
  blocks: ChangedBlocks,
  address: number,
  type: number,
  record: Uint8Array,
  compare: (other: Uint8Array) => number,
): void {
  const { tree, header, view, depth } = openTree(blocks, address, type);
  const total = Number(view.getBigUint64(TOTAL, true));
  const root = rootOf(view);
  let top: Child;
  if (root === undefined) top = newNode(tree, { records: record, children: [] }, 0);
  else {
    const { left, split } = insertBelow(tree, { ...root, total }, depth, record, compare);
    top = left;
    if (split !== undefined) {
      top = newNode(tree, { records: split.record, children: [left, split.right] }, depth + 1);
      view.setUint16(DEPTH, depth + 1, true);
    }
  }
  view.setBigUint64(ROOT, BigInt(top.address), true);
  view.setUint16(ROOT_COUNT, top.count, true);
  view.setBigUint64(TOTAL, BigInt(total + 1), true);
  seal(header);
}

function openTree(
  blocks: ChangedBlocks,
  address: number,
  type: number,
): { tree: Tree; header: Uint8Array; view: DataView; depth: number } {
  const header = blocks.block(address, HEADER_BYTES, HEADER_BYTES);
  const view = dataView(header);
  new FieldReader(header, blocks.structures.base + address).signature('BTHD');
  const nodeSize = view.getUint32(NODE_SIZE, true);
  const recordSize = view.getUint16(RECORD_SIZE, true);
  const depth = view.getUint16(DEPTH, true);
  if (header[5] !== type || recordSize === 0 || nodeSize < NODE_FRAME + 2 * recordSize || depth > 64)
    throw damaged('change HDF5 file: a B-tree of another type or of impossible sizes', address);
  // The root may be split.
  return { tree: { ...treeShape(nodeSize, recordSize, depth + 1), blocks, type }, header, view, depth };
}

function rootOf(view: DataView): Child | undefined {
  const count = view.getUint16(ROOT_COUNT, true);
  if (count === 0) return undefined;
  return { address: Number(view.getBigUint64(ROOT, true)), count, total: count };
}

function insertBelow(
  tree: Tree,
  place: Child,
  level: number,
  record: Uint8Array,
  compare: (other: Uint8Array) => number,
): Grown {
  const { recordSize } = tree;
  let { records, children } = readNode(tree, place, level);
  const at = firstRecord(records, recordSize, (other) => compare(other) > 0);
  let added: Uint8Array | undefined = record;
  if (level > 0) {
    const { left, split } = insertBelow(tree, children[at]!, level - 1, record, compare);
    children = children.toSpliced(at, 1, left, ...(split === undefined ? [] : [split.right]));
    added = split?.record;
  }
  if (added !== undefined) records = withRecord(records, at * recordSize, added);
  const count = records.byteLength / recordSize;
  if (count <= mostRecords(tree, level))
    return { left: writeNode(tree, place.address, { records, children }, level) };
  const middle = count >> 1;
  const cut = middle * recordSize;
  const left = { records: records.subarray(0, cut), children: children.slice(0, middle + 1) };
  const right = { records: records.subarray(cut + recordSize), children: children.slice(middle + 1) };
  return {
    left: writeNode(tree, place.address, left, level),
    split: { record: recordAt(records, recordSize, middle), right: newNode(tree, right, level) },
  };
}

function withRecord(records: Uint8Array, at: number, record: Uint8Array): Uint8Array {
  const all = new Uint8Array(records.byteLength + record.byteLength);
  all.set(records.subarray(0, at));
  all.set(record, at);
  all.set(records.subarray(at), at + record.byteLength);
  return all;
}

function mostRecords(tree: TreeShape, level: number): number {
  const pointer = level === 0 ? 0 : nodePointer(tree, level);
  return Math.floor((tree.nodeSize - NODE_FRAME - pointer) / (tree.recordSize + pointer));
}

function readNode(tree: Tree, { address, count }: Child, level: number): Node {
  if (count > mostRecords(tree, level))
    throw damaged('change HDF5 file: a B-tree node of too many records', address);
  const { blocks, nodeSize, recordSize } = tree;
  const pointers = level === 0 ? 0 : (count + 1) * nodePointer(tree, level);
  const node = blocks.block(address, nodeSize, NODE_FRAME + count * recordSize + pointers);
  const fields = new FieldReader(node, blocks.structures.base + address);
  fields.signature(level > 0 ? 'BTIN' : 'BTLF').skip(2);
  const records = fields.take(count * recordSize).slice();
  const children: Child[] = [];
  for (let i = 0; level > 0 && i <= count; i++) {
    const child = fields.address();
    const held = fields.uint(tree.countBytes);
    const total = level > 1 ? fields.uint(tree.totalBytes[level - 1]!) : held;
    if (child === undefined) throw damaged('change HDF5 file: a B-tree node without a child', address);
    children.push({ address: child, count: held, total });
  }
  return { records, children };
}

function newNode(tree: Tree, node: Node, level: number): Child {
  return writeNode(tree, tree.blocks.add(new Uint8Array(tree.nodeSize)), node, level);
}

function writeNode(tree: Tree, address: number, { records, children }: Node, level: number): Child {
  const list = new ByteList().text(level > 0 ? 'BTIN' : 'BTLF').u8(0, tree.type);
  list.bytes(records);
  for (const child of children) {
    list.u64(child.address).uint(child.count, tree.countBytes);
    if (level > 1) list.uint(child.total, tree.totalBytes[level - 1]!);
  }
  tree.blocks.block(address, tree.nodeSize).set(list.sealed());
  const below = children.reduce((sum, { total }) => sum + total, 0);
  const count = records.byteLength / tree.recordSize;
  return { address, count, total: count + below };
}
