import { type Context, FormatError, type Range, type Source } from '@formatlab/core';
import { corrupt } from '../fault.js';
import { HEADER_BYTES, MI, TAG_BYTES } from './constants.js';
import { isSubsystem } from './decode.js';
import type { MatrixWork } from './decode-matrix.js';
import { inputOf, readElement } from './element.js';
import { type FileHeader, notMatlab, readFileHeader } from './file-header.js';
import type { MatrixFacts, MatrixHead } from './head.js';
import { readVariable, readVariableHead } from './variable.js';

/** Flags, a few dimensions and a name. */
const HEAD_READ = 192;
/** Where that was too little: many dimensions, or code tables of deflate before them. */
const SECOND_READ = 1024;

/** A variable in a file: where it stands, and what it is. */
export interface Found {
  readonly place: Range;
  readonly head: MatrixFacts;
  readonly subsystem: boolean;
}

export type ReadBytes = (range: Range) => Uint8Array | Promise<Uint8Array>;

export function readerOf(source: Source, context: Pick<Context<object>, 'signal'>): ReadBytes {
  const { readSync } = source;
  if (readSync !== undefined) return (range) => readSync([range])[0]!;
  return async (range) => (await source.read([range], context.signal))[0]!;
}

/** The header of the file. @throws FormatError `not-this-format` */
export async function headerOf(size: number, read: ReadBytes): Promise<FileHeader> {
  const header =
    size < HEADER_BYTES ? undefined : readFileHeader(await read({ at: 0, length: HEADER_BYTES }));
  if (header === undefined) throw notMatlab();
  return header;
}

/** Every variable in the file's order, from the heads alone. @throws FormatError `corrupt` */
export async function scanVariables(
  size: number,
  header: FileHeader,
  read: ReadBytes,
  work: MatrixWork,
): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (let at = HEADER_BYTES; at < size; ) {
    const first = await read({ at, length: Math.min(HEAD_READ, size - at) });
    const place = placeOf(first, at, size, header);
    const headIn = (bytes: Uint8Array): MatrixHead | undefined =>
      readVariableHead(bytes.subarray(0, place.length), header.little, at);
    const head =
      headIn(first) ??
      headIn(await read({ at, length: Math.min(SECOND_READ, place.length) })) ??
      (await wholeHead(place, header, read, work));
    work.budget.takeItems(1, 'variable');
    found.push({ place, head, subsystem: isSubsystem(head.name, at, header) });
    at += place.length;
  }
  return found;
}

/** The variables by name; of several with one name the last. */
export function byName(found: readonly Found[]): ReadonlyMap<string, Found> {
  return new Map(found.filter((each) => !each.subsystem).map((each) => [each.head.name, each]));
}

/** Decodes one of them. */
export async function readFound(found: Found, header: FileHeader, read: ReadBytes, work: MatrixWork) {
  const { place } = found;
  work.budget.takeBytes(place.length, `variable '${found.head.name}'`);
  const input = inputOf(await read(place), header.little, place.at);
  return readVariable(input, readElement(input, 0, place.length), work).value();
}

function placeOf(first: Uint8Array, at: number, size: number, header: FileHeader): Range {
  if (first.byteLength < TAG_BYTES)
    throw corrupt(
      `MAT element at byte ${at}`,
      `a tag of ${TAG_BYTES} bytes does not fit in ${first.byteLength}`,
      at,
    );
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  const type = view.getUint32(0, header.little);
  const length = view.getUint32(4, header.little);
  if (type !== MI.matrix && type !== MI.compressed)
    throw corrupt(`MAT element at byte ${at}`, `data type ${type}, a variable is wanted`, at);
  if (at + TAG_BYTES + length > size)
    throw corrupt(
      `MAT element at byte ${at}`,
      `its ${length} bytes do not fit in ${size - at - TAG_BYTES}`,
      at,
    );
  const padded = type === MI.compressed ? length : Math.ceil(length / 8) * 8;
  return { at, length: Math.min(size - at, TAG_BYTES + padded) };
}

async function wholeHead(
  place: Range,
  header: FileHeader,
  read: ReadBytes,
  work: MatrixWork,
): Promise<MatrixHead> {
  const input = inputOf(await read(place), header.little, place.at);
  return readVariable(input, readElement(input, 0, place.length), work).head;
}

export function notFound(path: string, supported: readonly string[]): FormatError {
  return new FormatError('not-found', `read '${path}': no entry of this name`, {
    format: 'matlab',
    path,
    supported: supported.slice(0, 20),
  });
}
