import { damagedIndex, FormatError, type Value, VarintReader, VarintWriter } from '@formatlab/core';
import { HEADER_BYTES, TAG_BYTES } from './constants.js';
import { isSubsystem } from './decode.js';
import type { MatrixWork } from './decode-matrix.js';
import { inputOf, readElement } from './element.js';
import type { FileHeader } from './file-header.js';
import type { MatrixFacts } from './head.js';
import { markOfWord, markWord } from './mark.js';
import type { Found, ReadBytes } from './scan.js';
import { readVariable } from './variable.js';

const VERSION = 1;
const LOGICAL = 1;
const COMPLEX = 2;
const LARGEST_CLASS = 0xff;
/** Of an element that is stored with its tag. */
const LONGEST = 2 ** 32 + 2 * TAG_BYTES;

/** The places of variables, which follow one another, and what their heads tell. */
export function encodeFound(found: readonly Found[]): Uint8Array {
  const writer = new VarintWriter();
  writer.unsigned(VERSION);
  writer.unsigned(found.length);
  for (const { place, head } of found) {
    writer.unsigned(place.length);
    writer.text(head.name);
    writer.unsigned(head.mxClass);
    writer.unsigned((head.logical ? LOGICAL : 0) + (head.complex ? COMPLEX : 0));
    writer.unsigned(markWord(head.mark));
    writer.unsigned(head.dims.length);
    for (const length of head.dims) writer.unsigned(length);
  }
  return writer.finish();
}

/**
 * @param size bytes of the file, which the variables fill up behind its header
 * @throws FormatError `corrupt` of feature `index`
 */
export function foundOfIndex(
  bytes: Uint8Array,
  size: number,
  header: FileHeader,
  work: MatrixWork,
): readonly Found[] {
  const reader = new VarintReader(bytes);
  const version = reader.unsigned();
  if (version !== VERSION) throw damagedIndex(`its variables are of version ${version}`);
  const found: Found[] = [];
  let at = HEADER_BYTES;
  for (let left = reader.count(); left > 0; left--) {
    const length = reader.unsigned();
    const head = readFacts(reader);
    if (length < TAG_BYTES || length > LONGEST) throw damagedIndex('a variable in it is none');
    if (at + length > size) throw damagedIndex('a position in it lies behind the end of the file');
    work.budget.takeItems(1, 'variable');
    found.push({ place: { at, length }, head, subsystem: isSubsystem(head.name, at, header) });
    at += length;
  }
  reader.end();
  if (at !== size) throw damagedIndex('its variables are not those of the file');
  return found;
}

function readFacts(reader: VarintReader): MatrixFacts {
  const name = reader.text();
  const mxClass = reader.unsigned();
  const flags = reader.unsigned();
  const mark = markOfWord(reader.unsigned());
  const dims = Array.from({ length: reader.count() }, () => reader.unsigned());
  if (mxClass > LARGEST_CLASS || flags > LOGICAL + COMPLEX || dims.length < 2)
    throw damagedIndex('a variable in it is none');
  return { mxClass, logical: (flags & LOGICAL) !== 0, complex: (flags & COMPLEX) !== 0, dims, name, mark };
}

/**
 * Decodes a variable that was found in an index.
 *
 * @throws FormatError `corrupt` of feature `index` where another stands there
 */
export async function readIndexed(
  { place, head }: Found,
  header: FileHeader,
  read: ReadBytes,
  work: MatrixWork,
): Promise<Value> {
  work.budget.takeBytes(place.length, `variable '${head.name}'`);
  const input = inputOf(await read(place), header.little, place.at);
  const variable = variableAt(() => readVariable(input, readElement(input, 0, place.length), work));
  if (variable === undefined || encodeHead(variable.head) !== encodeHead(head))
    throw damagedIndex('the variables of the file are not those that it says');
  return variable.value();
}

/** Undefined where the bytes begin none: when the index was made, all did. */
function variableAt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof FormatError && error.code === 'corrupt') return undefined;
    throw error;
  }
}

function encodeHead({ name, mxClass, logical, complex, dims, mark }: MatrixFacts): string {
  return JSON.stringify([name, mxClass, logical, complex, dims, markWord(mark)]);
}
