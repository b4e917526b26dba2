import { FormatError } from '@formatlab/core';
import { parseDataspace } from '../layout/dataspace-message.js';
import { parseDatatype } from '../layout/datatype-message.js';
import { dataView, readAddress } from '../layout/file-view.js';
import {
  type HeaderMessage,
  hasAttributes,
  MESSAGE,
  messageOf,
  type ObjectHeader,
} from '../layout/object-header.js';
import type { DataMetadata } from '../library/module.js';
import { LeaveToLibrary } from '../native/field-reader.js';
import { checkLibraryFilters } from '../native/filters.js';
import { filtersOf, storageOf } from '../native/storage.js';
import type { StoredData } from '../native/stored-elements.js';
import { type ElementType, hasVariableLength } from '../types/element-type.js';
import { memoryTypeOf } from '../types/memory-type.js';
import { pointerOf } from './paths.js';
import type { ReadSession } from './session.js';

/** What is known of a dataset before its data is read. */
export interface DatasetInfo {
  /** HDF5's path. */
  readonly path: string;
  /** Null: a null dataspace, which has no elements. */
  readonly shape: readonly number[] | null;
  readonly type: ElementType;
  readonly silence: boolean;
  readonly chunks: readonly number[] | null;
  /** Where all its bytes lie in one run, in the order and form of `type`: the library is not needed. */
  readonly run: { readonly at: number; readonly size: number } | undefined;
  /** Where this package reads the elements itself. */
  readonly stored?: StoredData | undefined;
  /** The elements stand in the object header. */
  readonly compact: boolean;
  readonly hasAttributes: boolean;
}

/** @throws FormatError `unsupported` for a type that is not known, `corrupt` */
export function datasetInfo(
  session: ReadSession,
  path: string,
  header: ObjectHeader | undefined,
): DatasetInfo {
  if (session.native !== undefined && header !== undefined) return nativeInfo(session, path, header);
  return (
    (header === undefined ? undefined : plainInfo(session, path, header)) ??
    libraryInfo(session, path, header)
  );
}

/** What the library has to read: with the type in its memory. */
export function libraryInfo(
  session: ReadSession,
  path: string,
  header: ObjectHeader | undefined,
): DatasetInfo {
  if (header !== undefined && session.native === undefined)
    checkLibraryFilters(filtersOf(header), pointerOf(path));
  const metadata = session.library.metadata(path);
  checkSources(metadata, path);
  const type = memoryTypeOf(metadata, header === undefined ? undefined : typeInFile(session, header));
  if (type === undefined) throw unknownType(path, metadata);
  return {
    path,
    shape: metadata.shape,
    type: type.type,
    silence: type.silence,
    chunks: metadata.chunks,
    run: undefined,
    compact: false,
    hasAttributes: header === undefined || hasAttributes(header),
  };
}

/** The library would fill in for files that it cannot open: wrong values without a word. */
function checkSources({ virtual_sources: sources = [] }: DataMetadata, path: string): void {
  const foreign = sources.find(({ file_name: name }) => name !== THIS_FILE);
  if (foreign === undefined) return;
  throw new FormatError(
    'unsupported',
    `read '${path}': a virtual dataset with sources in '${foreign.file_name}'; other files are never opened`,
    { path: pointerOf(path), feature: 'virtual datasets over several files' },
  );
}

/** What a virtual dataset calls the file that it lies in. */
const THIS_FILE = '.';

export function unknownType(path: string, metadata: Pick<DataMetadata, 'type' | 'size'>): FormatError {
  return new FormatError(
    'unsupported',
    `read '${path}': datatype class ${metadata.type} of ${metadata.size} bytes is not supported`,
    {
      path,
      feature: `datatype class ${metadata.type}`,
    },
  );
}

/** What this package reads itself. */
function nativeInfo(session: ReadSession, path: string, header: ObjectHeader): DatasetInfo {
  const type = typeInFile(session, header);
  const space = messageOf(header, MESSAGE.dataspace);
  if (type === undefined) throw new LeaveToLibrary(`the type of '${path}'`);
  if (space !== undefined && isShared(space)) throw new LeaveToLibrary('a shared dataspace');
  const shape = space === undefined ? undefined : parseDataspace(space.body);
  if (shape === undefined)
    throw new FormatError('corrupt', `read '${path}': its dataspace is damaged`, { path, offset: header.at });
  const known = { path, type, silence: false, hasAttributes: hasAttributes(header) };
  if (shape === null) return { ...known, shape, chunks: null, run: undefined, compact: false };
  const storage = storageOf(header, shape, type.size);
  const run = runOf(messageOf(header, MESSAGE.layout)!, session);
  const size = shape.reduce((product, length) => product * length, type.size);
  return {
    ...known,
    shape,
    chunks: storage.kind === 'chunked' ? storage.chunk : null,
    run: run?.size === size ? run : undefined,
    compact: storage.kind === 'compact',
    stored: { storage, shape, elementSize: type.size, path: pointerOf(path) },
  };
}

/** A dataset of one contiguous run whose type and shape are plain to see in its header. */
function plainInfo(session: ReadSession, path: string, header: ObjectHeader): DatasetInfo | undefined {
  if (
    messageOf(header, MESSAGE.externalFiles) !== undefined ||
    messageOf(header, MESSAGE.filters) !== undefined
  )
    return undefined;
  const type = typeInFile(session, header);
  const space = messageOf(header, MESSAGE.dataspace);
  const layout = messageOf(header, MESSAGE.layout);
  if (
    type === undefined ||
    space === undefined ||
    layout === undefined ||
    isShared(space) ||
    hasVariableLength(type)
  )
    return undefined;
  const shape = parseDataspace(space.body);
  if (shape === undefined) return undefined;
  const info = {
    path,
    shape,
    type,
    silence: false,
    chunks: null,
    compact: layout.body[1] === 0,
    hasAttributes: hasAttributes(header),
  };
  if (shape === null) return { ...info, run: undefined };
  const run = runOf(layout, session);
  const size = shape.reduce((product, length) => product * length, type.size);
  // Region and object references are resolved by the library, and need nothing else of it.
  return run === undefined || run.size !== size ? undefined : { ...info, run };
}

/** The datatype of an object, also where it stands in another object's header (a committed type). */
function typeInFile(session: ReadSession, header: ObjectHeader): ElementType | undefined {
  const message = messageOf(header, MESSAGE.datatype);
  if (message === undefined) return undefined;
  if (!isShared(message)) return parseDatatype(message.body);
  return committedType(message.body, (address) => session.header(address));
}

/** The type that a shared datatype message refers to; undefined where it lies elsewhere than in a header. */
export function committedType(
  body: Uint8Array,
  headerAt: (address: number) => ObjectHeader | undefined,
): ElementType | undefined {
  const address = sharedAddress(body);
  const other = address === undefined ? undefined : headerAt(address);
  const committed = other === undefined ? undefined : messageOf(other, MESSAGE.datatype);
  return committed === undefined || isShared(committed) ? undefined : parseDatatype(committed.body);
}

function isShared(message: HeaderMessage): boolean {
  return (message.flags & 2) !== 0;
}

/** Spec IV.A.2, shared message: the address of the header that holds the message. */
function sharedAddress(body: Uint8Array): number | undefined {
  const version = body[0];
  if (version === 1 && body.byteLength >= 16) return readAddress(dataView(body), 8);
  if (body.byteLength < 10) return undefined;
  if (version === 2) return readAddress(dataView(body), 2);
  // Type 2: shared in another header; type 1 is a message in a heap.
  return version === 3 && body[1] === 2 ? readAddress(dataView(body), 2) : undefined;
}

/** Where contiguous or compact data lies (spec IV.A.2.i, versions 3 and 4). */
function runOf({ body, at }: HeaderMessage, session: ReadSession): { at: number; size: number } | undefined {
  const version = body[0];
  if (version !== 3 && version !== 4) return undefined;
  const view = dataView(body);
  if (body[1] === 0 && body.byteLength >= 4) return { at: at + 4, size: view.getUint16(2, true) };
  if (body[1] !== 1 || body.byteLength < 18) return undefined;
  const address = readAddress(view, 2);
  const size = readAddress(view, 10);
  // An undefined address: nothing was written, the library fills in the fill value.
  if (address === undefined || size === undefined) return undefined;
  return { at: session.superblock!.base + address, size };
}
