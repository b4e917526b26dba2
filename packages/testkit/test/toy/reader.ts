import {
  type Context,
  childPath,
  type Entry,
  FormatError,
  isTable,
  itemSize,
  NDArray,
  type Reader,
  type ReadSelection,
  resolveSelection,
  type SliceItem,
  type Source,
  type Span,
  selectFrom,
  shapeOfSpans,
  sliceArray,
  sliceTable,
  splitPath,
  type Table,
  type Value,
  viewData,
} from '@formatlab/core';
import { type Blob, checkMagic, checkSum, indexBlob, MAGIC, parseIndex, TRAILER_BYTES } from './layout.js';
import type { ArrayNode, Node, TableNode } from './nodes.js';
import { decodeNode, type Fetch } from './values.js';

/** The index of a file, read from its two ends. */
export async function readIndex(
  source: Source,
  signal?: AbortSignal,
): Promise<{ readonly node: Node; readonly blob: Blob }> {
  if (source.size < MAGIC.byteLength + TRAILER_BYTES) {
    const [head] = await source.read([{ at: 0, length: Math.min(source.size, MAGIC.byteLength) }], signal);
    checkMagic(head!);
  }
  const [head, trailer] = await source.read(
    [
      { at: 0, length: Math.min(source.size, MAGIC.byteLength) },
      { at: Math.max(0, source.size - TRAILER_BYTES), length: Math.min(source.size, TRAILER_BYTES) },
    ],
    signal,
  );
  checkMagic(head!);
  const blob = indexBlob(trailer!, source.size);
  const [bytes] = await source.read([blob], signal);
  return { node: parseIndex(bytes!, blob) as Node, blob };
}

export async function open(source: Source, context: Context<object>): Promise<Reader> {
  const { node: root } = await readIndex(source, context.signal);
  const read = async (path: string, selection?: ReadSelection): Promise<Value> => {
    const node = nodeAt(root, path);
    if (
      node.kind === 'array' &&
      selection?.slice !== undefined &&
      selection.columns === undefined &&
      !Array.isArray(node.data)
    ) {
      return readRows(source, node, selection.slice, context);
    }
    return selectFrom(
      decodeNode(node, await fetcher(source, node, context), context.budget),
      path,
      selection,
    );
  };
  return {
    entries: () => [...entriesOfNode(root, '')],
    read,
    async *batches(path, options = {}) {
      const table = await read(path, options);
      if (!isTable(table))
        throw new FormatError('bad-selection', `read batches of '${path}': it is not a table`, { path });
      const rows = options.rows ?? 10_000;
      for (let at = 0; at < table.rows; at += rows)
        yield sliceTable(table, { slice: [{ start: at, stop: at + rows }] }) as Table;
    },
    close: () => source.close(),
  };
}

export function nodeAt(root: Node, path: string): Node {
  let node = root;
  for (const name of splitPath(path)) {
    const member =
      node.kind === 'record'
        ? node.members.find(([each]) => each === name)?.[1]
        : node.kind === 'list'
          ? node.items[Number(name)]
          : undefined;
    if (member === undefined)
      throw new FormatError('not-found', `read '${path}': no entry of this name`, { path });
    node = member;
  }
  return node;
}

export function blobsOf(node: unknown, found: Blob[] = []): Blob[] {
  if (typeof node !== 'object' || node === null) return found;
  if ('crc' in node) found.push(node as Blob);
  else for (const part of Object.values(node)) blobsOf(part, found);
  return found;
}

/** Reads what a node points at in one go. */
async function fetcher(source: Source, node: Node, context: Context<object>): Promise<Fetch> {
  const blobs = blobsOf(node);
  for (const { length } of blobs) context.budget.takeBytes(length, 'entry of a toy file');
  const pieces = await source.read(blobs, context.signal);
  const byPlace = new Map(blobs.map((blob, i) => [blob.at, pieces[i]!]));
  return (blob) => {
    const bytes = byPlace.get(blob.at)!;
    checkSum(bytes, blob, 'an entry');
    return bytes;
  };
}

/** The rows from the first to the last that are wanted lie in one run. Its checksum is that of the whole only. */
async function readRows(
  source: Source,
  node: ArrayNode,
  slice: NonNullable<ReadSelection['slice']>,
  context: Context<object>,
): Promise<Value> {
  const spans = resolveSelection(slice, node.shape);
  const first = spans[0];
  const blob = node.data as Blob;
  if (shapeOfSpans(spans).includes(0)) return emptyOf(node, shapeOfSpans(spans));
  const rowBytes = node.shape.slice(1).reduce((size, length) => size * length, itemSize(node.dtype));
  const rows = first === undefined ? 1 : (first.count - 1) * first.step + 1;
  const [bytes] = await source.read(
    [{ at: blob.at + (first?.start ?? 0) * rowBytes, length: rows * rowBytes }],
    context.signal,
  );
  context.budget.takeBytes(rows * rowBytes, 'slice of a toy file');
  const shape = first === undefined ? [] : [rows, ...node.shape.slice(1)];
  const run = new NDArray({
    dtype: node.dtype,
    shape,
    data: viewData(node.dtype, bytes!.slice(), rows * (rowBytes / itemSize(node.dtype))),
    unit: node.unit ?? undefined,
  });
  if (first === undefined) return run;
  return sliceArray(run, [first.drop ? 0 : { step: first.step }, ...spans.slice(1).map(itemOf)]);
}

function emptyOf(node: ArrayNode, shape: readonly number[]): NDArray {
  return new NDArray({
    dtype: node.dtype,
    shape,
    data: viewData(node.dtype, new Uint8Array(0), 0),
    unit: node.unit ?? undefined,
  });
}

function itemOf({ start, count, step, drop }: Span): SliceItem {
  return drop ? start : { start, stop: start + (count - 1) * step + 1, step };
}

function* entriesOfNode(node: Node, path: string): Generator<Entry> {
  if (node.kind === 'array')
    yield { path, kind: 'array', dtype: node.dtype, shape: node.shape, unit: node.unit ?? undefined };
  else if (node.kind === 'table') yield tableEntry(node, path);
  else if (node.kind === 'record') {
    if (path !== '') yield { path, kind: 'group' };
    for (const [name, member] of node.members) yield* entriesOfNode(member, childPath(path, name));
  } else yield { path, kind: 'tree' };
}

function tableEntry({ rows, columns }: TableNode, path: string): Entry {
  return { path, kind: 'table', rows, columns: columns.map(({ name, type }) => ({ name, type })) };
}
