import { crc32 } from 'node:zlib';
import {
  appendValue,
  type Commit,
  type Context,
  type Editor,
  FormatError,
  isNDArray,
  joinBytes,
  joinPath,
  type Sink,
  splitPath,
  type Table,
  type Value,
} from '@formatlab/core';
import { type Blob, indexBytes, MAGIC } from './layout.js';
import { type ArrayNode, arrayBytes, type Node, nodeOf } from './nodes.js';
import { blobsOf, nodeAt, readIndex } from './reader.js';
import { decodeNode } from './values.js';

interface Write {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** Adds behind the last blob, replaces arrays of one size where they lie, and writes the index anew. */
export async function edit(sink: Sink, context: Context<object>): Promise<Editor> {
  const fresh = sink.size === 0;
  let root: Node | undefined;
  let end = MAGIC.byteLength;
  if (!fresh) {
    const { node, blob } = await readIndex(sink, context.signal);
    root = node;
    end = blob.at;
  }
  let started = !fresh;
  let writes: Write[] = [];
  const place = (bytes: Uint8Array): Blob => {
    const blob = { at: end, length: bytes.byteLength, crc: crc32(bytes) };
    writes.push({ at: end, bytes: bytes.slice() });
    end += bytes.byteLength;
    return blob;
  };
  const put = (path: string, value: Value): void => {
    const old = root === undefined ? undefined : memberOf(root, path);
    root = withNode(root, splitPath(path), inPlace(old, value, writes) ?? nodeOf(value, place), path);
  };
  const append = async (path: string, value: Value): Promise<void> => {
    if (root === undefined)
      throw new FormatError('not-found', `append to '${path}': the file is new`, { path });
    const node = nodeAt(root, path);
    put(path, appendValue(await currentValue(node), value, path));
  };
  const currentValue = async (node: Node): Promise<Value> => {
    const pending = new Map(writes.map((write) => [write.at, write.bytes]));
    const blobs = blobsOf(node).filter((blob) => !pending.has(blob.at));
    const pieces = await sink.read(blobs, context.signal);
    blobs.forEach((blob, i) => void pending.set(blob.at, pieces[i]!));
    return decodeNode(node, (blob) => pending.get(blob.at)!, context.budget);
  };
  return {
    put,
    append,
    remove(path) {
      if (root === undefined)
        throw new FormatError('not-found', `remove '${path}': the file is new`, { path });
      nodeAt(root, path);
      root = withoutNode(root, splitPath(path), path);
    },
    async writeBatches(path, batches) {
      let sum: Value | undefined;
      for await (const batch of batches)
        sum = sum === undefined ? batch : (appendValue(sum, batch, path) as Table);
      if (sum !== undefined) put(path, sum);
    },
    async commit(): Promise<Commit> {
      const index = indexBytes(root ?? { kind: 'record', members: [] });
      const all = [
        ...(started ? [] : [{ at: 0, bytes: MAGIC }]),
        ...merged(writes),
        { at: end, bytes: index },
      ];
      let rewritten = 0;
      for (const { at, bytes } of all) {
        rewritten += Math.max(0, Math.min(sink.size, at + bytes.byteLength) - at);
        await sink.write(at, bytes);
      }
      await sink.truncate(end + index.byteLength);
      started = true;
      writes = [];
      return { written: all.reduce((sum, { bytes }) => sum + bytes.byteLength, 0), rewritten };
    },
    close() {},
  };
}

/** Writes that follow each other become one. */
function merged(writes: readonly Write[]): Write[] {
  const runs: { at: number; pieces: Uint8Array[]; end: number }[] = [];
  for (const { at, bytes } of writes) {
    const last = runs.at(-1);
    if (last !== undefined && last.end === at) {
      last.pieces.push(bytes);
      last.end += bytes.byteLength;
    } else runs.push({ at, pieces: [bytes], end: at + bytes.byteLength });
  }
  return runs.map(({ at, pieces }) => ({ at, bytes: joinBytes(pieces) }));
}

/** An array takes the place of one of its size. */
function inPlace(old: Node | undefined, value: Value, writes: Write[]): ArrayNode | undefined {
  if (old?.kind !== 'array' || !isNDArray(value) || Array.isArray(value.data) || Array.isArray(old.data))
    return undefined;
  const bytes = arrayBytes(value);
  const blob = old.data as Blob;
  if (blob.length !== bytes.byteLength || bytes.byteLength === 0) return undefined;
  const node = nodeOf(value, () => ({ ...blob, crc: crc32(bytes) })) as ArrayNode;
  writes.push({ at: blob.at, bytes: bytes.slice() });
  return node;
}

function memberOf(root: Node, path: string): Node | undefined {
  try {
    return nodeAt(root, path);
  } catch {
    return undefined;
  }
}

function withNode(root: Node | undefined, names: readonly string[], node: Node, path: string): Node {
  const [name, ...rest] = names;
  if (name === undefined) return node;
  if (root !== undefined && root.kind !== 'record')
    throw new FormatError('not-found', `put '${path}': what is above has no members`, { path });
  const members = [...(root?.members ?? [])];
  const at = members.findIndex(([each]) => each === name);
  const inner = withNode(at < 0 ? undefined : members[at]![1], rest, node, path);
  members.splice(at < 0 ? members.length : at, at < 0 ? 0 : 1, [name, inner]);
  return { kind: 'record', members };
}

function withoutNode(root: Node, names: readonly string[], path: string): Node {
  const [name, ...rest] = names;
  if (root.kind !== 'record' || name === undefined)
    throw new FormatError('unsupported', `remove '${path}': only members of records can be`, { path });
  if (rest.length === 0) return { kind: 'record', members: root.members.filter(([each]) => each !== name) };
  return {
    kind: 'record',
    members: root.members.map(
      ([each, member]) => [each, each === name ? withoutNode(member, rest, joinPath(rest)) : member] as const,
    ),
  };
}
