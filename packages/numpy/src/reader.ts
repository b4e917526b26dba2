import {
  type Context,
  childPath,
  type Entry,
  FormatError,
  type Range,
  type Reader,
  type ReadSelection,
  type Source,
  selectFrom,
  splitPath,
  type Value,
} from '@formatlab/core';
import { notNumpy } from './decode.js';
import { decodeNpyAt } from './npy/decode.js';
import { dtypeOf } from './npy/elements.js';
import { headerBytes, type NpyHeader, PREFIX_BYTES, parseHeader, startsWithMagic } from './npy/header.js';
import { readSlice } from './npy/slice.js';
import { columnTypes } from './npy/structured.js';
import { startsAsZip } from './npz/decode.js';
import { dataOffset, LOCAL_BYTES, type Member, type ReadBytes, readDirectory } from './npz/directory.js';
import { readMember, storedRange } from './npz/member-data.js';
import type { NumpyOptions } from './options.js';

/** Header and a little more: most headers come in the first read. */
const FIRST_READ = 512;
/** Local ZIP header with its padding, and an npy header of common length. */
const MEMBER_READ = 256;

/** Lists from headers and the directory; reads one array, or rows of it, without the rest. */
export async function open(source: Source, context: Context<NumpyOptions>): Promise<Reader> {
  const read = readerOf(source, context);
  const head = await read({ at: 0, length: Math.min(PREFIX_BYTES, source.size) });
  if (startsWithMagic(head)) return npyReader(source, read, context);
  if (startsAsZip(head)) return npzReader(source, read, context);
  throw notNumpy();
}

export function readerOf(source: Source, context: Pick<Context<object>, 'signal'>): ReadBytes {
  const { readSync } = source;
  if (readSync !== undefined) return (range) => readSync([range])[0]!;
  return async (range) => (await source.read([range], context.signal))[0]!;
}

/** The header of the npy that lies at `place`. */
export async function readHeader(place: Range, read: ReadBytes): Promise<NpyHeader> {
  const first = await read({ at: place.at, length: Math.min(FIRST_READ, place.length) });
  const wanted = headerBytes(first.subarray(0, PREFIX_BYTES));
  if (wanted <= first.byteLength) return parseHeader(first);
  return parseHeader(await read({ at: place.at, length: Math.min(wanted, place.length) }));
}

async function npyReader(source: Source, read: ReadBytes, context: Context<NumpyOptions>): Promise<Reader> {
  const place = { at: 0, length: source.size };
  const header = await readHeader(place, read);
  return {
    entries: () => [entryOf('', header, source.size)],
    read: (path, selection) => {
      if (splitPath(path).length > 0) throw notFound(path, ['']);
      return readArray(place, header, read, '', selection, context);
    },
    close() {},
  };
}

async function npzReader(source: Source, read: ReadBytes, context: Context<NumpyOptions>): Promise<Reader> {
  const directory = await readDirectory(source.size, read);
  const find = (path: string): Member => {
    const names = splitPath(path);
    const member = names.length === 1 ? directory.entry(names[0]!) : undefined;
    if (member === undefined)
      throw notFound(
        path,
        [...directory.entries.keys()].slice(0, 20).map((name) => childPath('', name)),
      );
    return member;
  };
  return {
    entries: () =>
      Promise.all(
        [...directory.entries].map(([name, member]) =>
          memberEntry(childPath('', name), member, source, read),
        ),
      ),
    entry: (path) => memberEntry(path, find(path), source, read),
    read: (path, selection) => readEntry(find(path), source.size, read, path, selection, context),
    close() {},
  };
}

/** Header and data offset of a member mostly lie in its first bytes; only local files pay a read for them. */
async function memberEntry(path: string, member: Member, source: Source, read: ReadBytes): Promise<Entry> {
  const unread: Entry = { path, kind: 'array', storedBytes: member.compressedSize };
  const start = member.headerOffset;
  if (source.readSync === undefined || member.method !== 0 || start + LOCAL_BYTES > source.size)
    return unread;
  const first = await read({ at: start, length: Math.min(MEMBER_READ, source.size - start) });
  const data = dataOffset(first, member);
  const npy = first.subarray(Math.min(data - start, first.byteLength));
  const known =
    npy.byteLength >= PREFIX_BYTES && headerBytes(npy.subarray(0, PREFIX_BYTES)) <= npy.byteLength;
  return entryOf(
    path,
    known ? parseHeader(npy) : await readHeader({ at: data, length: member.size }, read),
    member.size,
  );
}

async function readEntry(
  member: Member,
  fileSize: number,
  read: ReadBytes,
  path: string,
  selection: ReadSelection | undefined,
  context: Context<NumpyOptions>,
): Promise<Value> {
  const part = selection?.slice !== undefined || selection?.columns !== undefined;
  // A whole entry has its CRC checked; a slice of a stored one reads less than the CRC covers.
  const place = part ? await storedRange(member, fileSize, read) : undefined;
  if (place !== undefined)
    return readArray(place, await readHeader(place, read), read, path, selection, context);
  return selectFrom(
    await decodeNpyAt(await readMember(member, fileSize, read, context), context, path),
    path,
    selection,
  );
}

async function readArray(
  place: Range,
  header: NpyHeader,
  read: ReadBytes,
  path: string,
  selection: ReadSelection | undefined,
  context: Context<NumpyOptions>,
): Promise<Value> {
  if (selection?.slice !== undefined && header.element.kind !== 'object')
    return readSlice(place, header, read, path, selection, context);
  context.budget.takeBytes(place.length, `npy '${path}' of ${place.length} bytes`);
  return selectFrom(await decodeNpyAt(await read(place), context, path), path, selection);
}

function entryOf(path: string, header: NpyHeader, storedBytes: number): Entry {
  const { element, shape } = header;
  if (element.kind === 'struct') {
    if (shape.length === 1)
      return { path, kind: 'table', rows: shape[0], columns: columnTypes(element), storedBytes };
    return { path, kind: 'tree', shape, storedBytes };
  }
  const dtype = dtypeOf(element);
  return {
    path,
    kind: 'array',
    dtype,
    shape,
    unit: element.kind === 'fixed' ? element.unit : undefined,
    storedBytes,
  };
}

function notFound(path: string, supported: readonly string[]): FormatError {
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    format: 'numpy',
    path,
    supported,
  });
}
