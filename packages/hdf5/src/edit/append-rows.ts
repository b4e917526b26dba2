import { attributesOf, isNDArray, isTable, type Span, splitPath, type Value } from '@formatlab/core';
import { parseDatatype } from '../layout/datatype-message.js';
import { MESSAGE, messageOf, type ObjectHeader } from '../layout/object-header.js';
import { OBJECT } from '../library/module.js';
import { MARKER } from '../markers.js';
import { type ChunkedStorage, chunksOf } from '../native/chunk-index.js';
import { readStored, type StoredData } from '../native/stored-elements.js';
import { readAttributes } from '../read/attributes.js';
import { type DatasetInfo, datasetInfo } from '../read/dataset-info.js';
import type { ReadSession } from '../read/session.js';
import { rootPath, TreeReader } from '../read/tree.js';
import { type ChunkEntry, type ChunkOptions, writeChunkData, writeTree } from '../write/chunks.js';
import { contentOf, type WriteSettings } from '../write/dataset.js';
import { deflate } from '../write/deflate.js';
import { chunkedLayout, type Message } from '../write/messages.js';
import { buildHeader, sealHeader } from '../write/object-header.js';
import { findObject } from './find-object.js';

const DEFLATE = 1;
const SHUFFLE = 2;
/** Messages of a header that are not taken along: gaps, continuations, and counts that are set anew. */
const LEFT_OUT: ReadonlySet<number> = new Set([
  MESSAGE.nil,
  MESSAGE.continuation,
  MESSAGE.referenceCount,
  MESSAGE.attributeInfo,
]);
const FIRST_LENGTH_V1 = 8;
const FIRST_LENGTH_V2 = 4;

interface Growing {
  readonly found: string;
  readonly header: ObjectHeader;
  readonly info: DatasetInfo;
  readonly stored: StoredData;
  readonly storage: ChunkedStorage;
  readonly options: ChunkOptions;
}

/** No rows of the dataset, to compare new ones with; undefined where it cannot grow in its place. */
export function canGrow(session: ReadSession, path: string): Value | undefined {
  const growing = growingAt(session, path);
  if (growing === undefined) return undefined;
  const none = new TreeReader(session).dataset(growing.found, growing.header, {
    slice: [{ start: 0, stop: 0 }],
  });
  return isNDArray(none) || isTable(none) ? none : undefined;
}

/**
 * Writes rows as chunks behind the file, with a new index over all chunks and a new header; the last chunk is
 * written again where it was not full. Nothing that was there changes. Returns the new header's address;
 * undefined where the rows are of another form than the dataset.
 */
export async function appendRows(
  session: ReadSession,
  settings: WriteSettings,
  path: string,
  rows: Value,
): Promise<number | undefined> {
  const growing = growingAt(session, path);
  if (growing === undefined || attributesOf(rows) !== undefined) return undefined;
  const { found, header, info, stored, storage, options } = growing;
  const { writer } = settings;
  const content = contentOf(rows, settings, path);
  if (content.late === true) return undefined;
  const written = parseDatatype(content.type.message);
  if (written === undefined || textOf(written) !== textOf(info.type) || content.shape === null)
    return undefined;
  const { markers } = info.hasAttributes ? readAttributes(session, found) : { markers: {} };
  if (textOf(content.markers[MARKER.columns]) !== textOf((markers as typeof content.markers)[MARKER.columns]))
    return undefined;
  if (content.markers[MARKER.type] !== undefined) return undefined;

  const { shape, elementSize } = stored;
  const [height = 0, ...inner] = shape;
  const chunkRows = storage.chunk[0]!;
  const full = height - (height % chunkRows);
  const before = readStored(
    session.native!.structures,
    stored,
    [{ start: full, count: height - full, step: 1, drop: false }, ...inner.map(wholeSpan)],
    session.context.budget,
  );
  const data = new Uint8Array(before.byteLength + content.bytes.byteLength);
  data.set(before);
  data.set(content.bytes, before.byteLength);
  const grown = height + content.shape[0]!;
  const added = await writeChunkData(writer, data, [grown - full, ...inner], elementSize, options, deflate);
  const entries: ChunkEntry[] = [];
  const { structures } = session.native!;
  for (const { offset, size, address } of chunksOf(
    structures,
    storage,
    shape,
    elementSize,
    0,
    Math.max(0, full - 1),
  ))
    if (offset[0]! < full) entries.push({ offset, size, address });
  for (const { offset, ...place } of added)
    entries.push({ ...place, offset: [offset[0]! + full, ...offset.slice(1)] });
  const index =
    entries.length === 0 ? undefined : writeTree(writer, entries, [grown, ...inner], storage.chunk);

  const messages: Message[] = header.messages
    .filter(({ type }) => !LEFT_OUT.has(type))
    .map(({ type, body }) => {
      if (type === MESSAGE.dataspace) return { type, body: withFirstLength(body, grown) };
      if (type === MESSAGE.layout) return chunkedLayout(index, storage.chunk, elementSize);
      return { type, body };
    });
  const built = buildHeader(messages);
  sealHeader(built);
  return writer.add(built.bytes);
}

/** The dataset at a path, where it is one whose first dimension can grow by chunks that are known here. */
function growingAt(session: ReadSession, path: string): Growing | undefined {
  // The size of B-tree nodes is told by superblocks of version 1: the others have the library's own.
  if (session.native === undefined || session.superblock === undefined || session.superblock.version === 1)
    return undefined;
  const found = findObject(session, rootOf(session, path), splitPath(path));
  if (found === undefined || session.file.kindOf(found) !== OBJECT.dataset) return undefined;
  const header = session.header(session.file.addressOf(found));
  if (header === undefined || header.links > 1) return undefined;
  const shared = header.messages.some(({ type, flags }) => (flags & 2) !== 0 && !LEFT_OUT.has(type));
  const info = datasetInfo(session, found, header);
  const { stored } = info;
  const storage = stored?.storage;
  if (shared || stored === undefined || storage?.kind !== 'chunked' || storage.index.kind !== 'tree1')
    return undefined;
  if (storage.maxShape[0] !== Number.POSITIVE_INFINITY || storage.fill !== undefined) return undefined;
  if (messageOf(header, MESSAGE.attributeInfo) !== undefined && !onlyCompactAttributes(header))
    return undefined;
  const options = writable(storage);
  return options === undefined ? undefined : { found, header, info, stored, storage, options };
}

/** A path of changes begins at the root group, also where one member stands for the whole value. */
function rootOf(session: ReadSession, path: string): string {
  const root = rootPath(session);
  return root !== '/' && path === root ? '/' : root;
}

function onlyCompactAttributes(header: ObjectHeader): boolean {
  const { body } = messageOf(header, MESSAGE.attributeInfo)!;
  const at = (body[1]! & 1) === 0 ? 2 : 4;
  return body.subarray(at, at + 8).every((byte) => byte === 0xff);
}

/** The filters as this package writes them; undefined for others. */
function writable({ chunk, filters }: ChunkedStorage): ChunkOptions | undefined {
  const ids = filters.map(({ id }) => id).join();
  if (ids === '') return { chunk, level: undefined, shuffle: false };
  if (ids === `${DEFLATE}`) return { chunk, level: filters[0]!.values[0] ?? 4, shuffle: false };
  if (ids === `${SHUFFLE},${DEFLATE}`) return { chunk, level: filters[1]!.values[0] ?? 4, shuffle: true };
  return undefined;
}

function withFirstLength(body: Uint8Array, length: number): Uint8Array {
  const changed = body.slice();
  const at = body[0] === 1 ? FIRST_LENGTH_V1 : FIRST_LENGTH_V2;
  new DataView(changed.buffer).setBigUint64(at, BigInt(length), true);
  return changed;
}

function wholeSpan(count: number): Span {
  return { start: 0, count, step: 1, drop: false };
}

/** Types are plain objects: equal where their text is. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item)) ?? '';
}
