import {
  byteLengthOf,
  type Context,
  concatTables,
  type Sink,
  sliceTable,
  splitPath,
  type Table,
} from '@formatlab/core';
import { encodePart, encodePartsHead, partsHeader } from './encode.js';
import { isWellFormed, MARK } from './forms/mark.js';
import { countedHeader } from './header.js';
import { type GroupPlace, placeAt } from './layout.js';
import type { MsgpackOptions } from './options.js';
import { MsgpackReader } from './reader.js';
import { Scanner } from './scanner.js';

/** What changed in the file: bytes behind its old end, and those of headers before it. */
export interface Grown {
  readonly written: number;
  /** What stood in the place of the headers, to undo it. */
  readonly replaced: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

/** A table at the end of the file that takes further parts. */
interface Place {
  readonly countAt: number;
  readonly count: number;
  /** Its columns, without rows. */
  readonly empty: Table | undefined;
  /** What comes before the first part of a new one. */
  readonly head: readonly Uint8Array[];
  /** The header of the root with one more entry. */
  readonly root: Uint8Array | undefined;
}

/**
 * Writes rows behind the end of the file, batch by batch, and then the counts in the headers: a table in parts that
 * stands last in the file grows, and so does a map by one. Undefined, and nothing is read of `batches`, where the file
 * has the table elsewhere, or in one piece.
 *
 * @throws FormatError `unsupported` for columns that are not the table's; the file is then as it was
 */
export async function growTable(
  sink: Sink,
  path: string,
  batches: AsyncIterable<Table> | Iterable<Table>,
  context: Context<MsgpackOptions>,
): Promise<Grown | undefined> {
  const place = await placeOf(sink, path, context);
  if (place === undefined) return undefined;
  const before = sink.size;
  const replaced: { at: number; bytes: Uint8Array }[] = [];
  try {
    let { count, empty } = place;
    let head = place.head;
    for await (const batch of batches) {
      const none = sliceTable(batch, { slice: '0:0' });
      // What can't be read together is refused before it is written.
      if (empty !== undefined) concatTables([empty, none], path);
      empty ??= none;
      const pieces = encodePart(batch, sink.size + byteLengthOf(head), context);
      await sink.write(sink.size, [...head, ...pieces]);
      head = [];
      count++;
    }
    if (count === place.count) return { written: 0, replaced };
    const headers = [{ at: place.countAt, bytes: partsHeader(count) }];
    if (place.root !== undefined) headers.push({ at: 0, bytes: place.root });
    let written = sink.size - before;
    for (const { at, bytes } of headers) {
      if (at < before) {
        const [old] = await sink.read([{ at, length: bytes.length }], context.signal);
        // A copy: memory gives views on what is overwritten next.
        replaced.push({ at, bytes: old!.slice() });
      }
      await sink.write(at, bytes);
      written += bytes.length;
    }
    return { written, replaced };
  } catch (error) {
    await undo(sink, before, replaced);
    throw error;
  }
}

export async function undo(sink: Sink, size: number, replaced: Grown['replaced']): Promise<void> {
  for (const { at, bytes } of replaced) await sink.write(at, bytes);
  if (sink.size > size) await sink.truncate(size);
}

async function placeOf(
  sink: Sink,
  path: string,
  context: Context<MsgpackOptions>,
): Promise<Place | undefined> {
  const [name, ...deeper] = splitPath(path);
  const plain = name === undefined || (name !== MARK && isWellFormed(name));
  if (deeper.length > 0 || !plain || context.options.tables === 'rows') return undefined;
  if (sink.size === 0) return newPlace(0, name, name !== undefined, undefined, context);
  const scanner = new Scanner(sink, context);
  const root = await placeAt(scanner, 0);
  if (root.end !== sink.size) return undefined;
  const at = name === undefined ? 0 : root.kind === 'group' ? root.members.get(name) : -1;
  if (at === undefined) return memberPlace(sink, root as GroupPlace, name!, context);
  const place = at < 0 ? undefined : await placeAt(scanner, at);
  if (place?.kind !== 'tables' || place.end !== sink.size) return undefined;
  // A count of the width that others write has no room for another one.
  if ((await scanner.header(place.countAt)).size !== partsHeader(0).length) return undefined;
  const empty = (await new MsgpackReader(sink, context, undefined).read(path, { slice: '0:0' })) as Table;
  return { countAt: place.countAt, count: place.parts.length, empty, head: [], root: undefined };
}

async function memberPlace(
  sink: Sink,
  group: GroupPlace,
  name: string,
  context: Context<MsgpackOptions>,
): Promise<Place | undefined> {
  const [first] = await sink.read([{ at: 0, length: 1 }], context.signal);
  const root = countedHeader(first![0]!, group.members.size + 1);
  return root === undefined ? undefined : newPlace(sink.size, name, false, root, context);
}

function newPlace(
  at: number,
  name: string | undefined,
  isRoot: boolean,
  root: Uint8Array | undefined,
  context: Context<MsgpackOptions>,
): Place {
  const head = encodePartsHead(name, isRoot, context);
  const countAt = at + byteLengthOf(head) - partsHeader(0).length;
  return { countAt, count: 0, empty: undefined, head, root };
}
