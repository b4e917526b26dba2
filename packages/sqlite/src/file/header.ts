import { FormatError } from '@formatlab/core';
import { corrupt } from './faults.js';

/** Bytes of the database header (file format, 1.3). */
export const HEADER_BYTES = 100;
export const MAGIC = 'SQLite format 3\0';
const LEAST_PAGE = 512;
const LEAST_USABLE = 480;
/** Embedded payload fractions: fixed values. */
const FRACTIONS = [64, 32, 32];
const MOST_VERSION = 2;
const MOST_SCHEMA_FORMAT = 4;

export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be';
const ENCODINGS: readonly TextEncoding[] = ['utf-8', 'utf-8', 'utf-16le', 'utf-16be'];

/** What the header of a database says. */
export interface DatabaseHeader {
  readonly pageSize: number;
  /** Bytes of a page that hold data: the rest is reserved for extensions. */
  readonly usable: number;
  /** Pages in the database, by header or file size; the WAL may know better. */
  readonly pages: number;
  readonly encoding: TextEncoding;
  /** True for a database in WAL mode. */
  readonly wal: boolean;
}

export function startsWithMagic(head: Uint8Array): boolean {
  if (head.byteLength < MAGIC.length) return false;
  for (let i = 0; i < MAGIC.length; i++) if (head[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}

/**
 * @param head the first bytes of the file, of page 1 in the WAL where it has one; a short file is read as if
 *   zeros followed
 * @param fileSize bytes of the file
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`
 */
export function parseHeader(head: Uint8Array, fileSize: number): DatabaseHeader {
  if (!startsWithMagic(head)) {
    throw new FormatError('not-this-format', "read SQLite header: it does not start with 'SQLite format 3'", {
      format: 'sqlite',
      offset: 0,
    });
  }
  const bytes = new Uint8Array(HEADER_BYTES);
  bytes.set(head.subarray(0, HEADER_BYTES));
  const view = new DataView(bytes.buffer);
  const pageSize = (bytes[16]! << 8) | (bytes[17]! << 16);
  if (pageSize < LEAST_PAGE || (pageSize & (pageSize - 1)) !== 0)
    throw corrupt('SQLite header', `page size ${pageSize} is not a power of two from 512 to 65536`, 16);
  if (bytes[19]! > MOST_VERSION)
    throw new FormatError('unsupported', `read SQLite header: read version ${bytes[19]} is newer than 2`, {
      format: 'sqlite',
      offset: 19,
    });
  if (FRACTIONS.some((fraction, i) => bytes[21 + i] !== fraction))
    throw corrupt('SQLite header', 'payload fractions are not 64, 32, 32', 21);
  const usable = pageSize - bytes[20]!;
  if (usable < LEAST_USABLE)
    throw corrupt('SQLite header', `${usable} usable bytes a page, at least 480`, 20);
  const inFile = Math.ceil(fileSize / pageSize);
  const said = view.getUint32(28);
  // A header of a version before 3.7 has no page count: then the change counters differ.
  const pages = said === 0 || view.getUint32(24) !== view.getUint32(92) ? inFile : said;
  if (pages > inFile) throw corrupt('SQLite header', `${pages} pages, the file has room for ${inFile}`, 28);
  // Of these four bytes SQLite looks at the last.
  if (bytes[47]! > MOST_SCHEMA_FORMAT)
    throw corrupt('SQLite header', `schema format ${bytes[47]} is not one of 0 to 4`, 47);
  return {
    pageSize,
    usable,
    pages,
    encoding: ENCODINGS[view.getUint32(56) & 3]!,
    wal: bytes[19] === 2,
  };
}
