import { lookup3 } from '../layout/checksum.js';
import { compareBytes } from '../layout/compare-bytes.js';
import { treeShape } from '../native/btree2.js';
import { NAME_INDEX } from '../native/links.js';
import { ByteList } from './byte-list.js';
import type { FileWriter } from './file-writer.js';
import { HEAP_ID_BYTES, writeHeap } from './fractal-heap.js';

/** A link to be found by name: its message's body, and the name as it is stored. */
export interface DenseLink {
  readonly name: string;
  readonly body: Uint8Array;
}

/** Where a group's header finds its links. */
export interface DensePlace {
  readonly heap: number;
  readonly names: number;
}

const RECORD_BYTES = 4 + HEAP_ID_BYTES;
const NODE_FRAME = 10;
const LEAST_NODE = 512;
const TREE_HEADER = 38;

/**
 * Links in a fractal heap (spec III.G) behind a version 2 B-tree of their names' hashes (spec III.A.2): a reader finds one
 * of many thousand in a few small reads.
 */
export function writeDenseLinks(writer: FileWriter, links: readonly DenseLink[]): DensePlace {
  const { heap, ids } = writeHeap(
    writer,
    links.map(({ body }) => body),
  );
  const encoder = new TextEncoder();
  const records = links.map(({ name }, i) => {
    const text = encoder.encode(name);
    return { hash: lookup3(text), text, id: ids[i]! };
  });
  records.sort((a, b) => a.hash - b.hash || compareBytes(a.text, b.text));
  return { heap, names: writeTree(writer, records) };
}

interface NameRecord {
  readonly hash: number;
  readonly text: Uint8Array;
  readonly id: Uint8Array;
}

/** A tree of one or two levels: its nodes are as large as that takes. */
function writeTree(writer: FileWriter, records: readonly NameRecord[]): number {
  let nodeSize = LEAST_NODE;
  while (records.length > mostRecords(nodeSize)) nodeSize *= 2;
  const leafMost = Math.floor((nodeSize - NODE_FRAME) / RECORD_BYTES);
  const depth = records.length <= leafMost ? 0 : 1;
  const { countBytes } = treeShape(nodeSize, RECORD_BYTES, depth);
  let root: number;
  let rootCount = records.length;
  if (depth === 0) root = writer.add(node('BTLF', records, nodeSize));
  else {
    // Between two leaves stands a record of the node above.
    const leaves = Math.ceil((records.length + 1) / (leafMost + 1));
    rootCount = leaves - 1;
    const held = records.length - rootCount;
    const separators: NameRecord[] = [];
    const children: { readonly address: number; readonly count: number }[] = [];
    let at = 0;
    for (let leaf = 0; leaf < leaves; leaf++) {
      const count = Math.floor((held * (leaf + 1)) / leaves) - Math.floor((held * leaf) / leaves);
      children.push({
        address: writer.add(node('BTLF', records.slice(at, at + count), nodeSize)),
        count,
      });
      at += count;
      if (leaf < leaves - 1) separators.push(records[at++]!);
    }
    root = writer.add(node('BTIN', separators, nodeSize, children, countBytes));
  }
  const header = new ByteList()
    .text('BTHD')
    .u8(0, NAME_INDEX)
    .u32(nodeSize)
    .u16(RECORD_BYTES)
    .u16(depth)
    .u8(100, 40) // percent at which the library splits and merges nodes
    .u64(root)
    .u16(rootCount)
    .u64(records.length);
  const bytes = header.sealed();
  if (bytes.byteLength !== TREE_HEADER) throw new RangeError('write B-tree: its header has another size');
  return writer.add(bytes);
}

/** Records of a tree of two levels with nodes of this size. */
function mostRecords(nodeSize: number): number {
  const leaf = Math.floor((nodeSize - NODE_FRAME) / RECORD_BYTES);
  const pointer = 8 + treeShape(nodeSize, RECORD_BYTES, 1).countBytes;
  const inner = Math.floor((nodeSize - NODE_FRAME - pointer) / (RECORD_BYTES + pointer));
  return (inner + 1) * leaf + inner;
}

function node(
  signature: string,
  records: readonly NameRecord[],
  nodeSize: number,
  children: readonly { readonly address: number; readonly count: number }[] = [],
  countBytes = 0,
): Uint8Array {
  const list = new ByteList().text(signature).u8(0, NAME_INDEX);
  for (const { hash, id } of records) list.u32(hash).bytes(id);
  for (const { address, count } of children) {
    list.u64(address);
    list.uint(count, countBytes);
  }
  const padded = new Uint8Array(nodeSize);
  padded.set(list.sealed());
  return padded;
}
