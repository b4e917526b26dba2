import { FormatError, type Range } from '@formatlab/core';
import { Directory } from './members.js';

/** One member of a ZIP archive, from the central directory (APPNOTE 4.3.12). */
export interface Member {
  readonly name: string;
  /** 0 stored, 8 deflated. */
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
  /** Of the local file header. */
  readonly headerOffset: number;
}

export const LOCAL_SIGNATURE = 0x04034b50;
export const CENTRAL_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const END64_SIGNATURE = 0x06064b50;
export const LOCATOR64_SIGNATURE = 0x07064b50;
export const LOCAL_BYTES = 30;
export const END_BYTES = 22;
export const END64_BYTES = 56;
export const LOCATOR64_BYTES = 20;
const LONGEST_COMMENT = 0xffff;
/** Tried first: finds the end record of an archive without a comment, and most directories, in one read. */
const FIRST_TAIL = 64 * 1024;

export type ReadBytes = (range: Range) => Uint8Array | Promise<Uint8Array>;

/**
 * Reads the central directory at the end of an archive of `size` bytes, ZIP64 included.
 *
 * @throws FormatError `not-this-format`, `corrupt`, `unsupported`
 */
export async function readDirectory(size: number, read: ReadBytes): Promise<Directory> {
  const tailAt = Math.max(0, size - FIRST_TAIL);
  const tail = await read({ at: tailAt, length: size - tailAt });
  const end = findEnd(tail) ?? (tailAt > 0 ? undefined : null);
  const found =
    end === undefined
      ? await findFarEnd(size, read)
      : end === null
        ? undefined
        : { at: tailAt + end, tail, tailAt };
  if (found === undefined)
    throw corrupt('find the directory of npz: no end record, the file is cut or not a ZIP', size);
  const place = await directoryPlace(found.at, found.tail, found.tailAt, read);
  if (place.offset + place.length > found.at)
    throw corrupt(
      `read the directory of npz at byte ${place.offset}: it does not end before its end record`,
      place.offset,
    );
  const bytes =
    place.offset >= found.tailAt
      ? found.tail.subarray(place.offset - found.tailAt, place.offset - found.tailAt + place.length)
      : await read({ at: place.offset, length: place.length });
  return new Directory(bytes, place.count, place.offset);
}

/** Where a member's data begins, from its local header. @throws FormatError `corrupt` */
export function dataOffset(local: Uint8Array, member: Member): number {
  const view = viewOf(local);
  if (local.byteLength < LOCAL_BYTES || view.getUint32(0, true) !== LOCAL_SIGNATURE) {
    throw corrupt(
      `read npz member '${member.name}': no local header at byte ${member.headerOffset}`,
      member.headerOffset,
    );
  }
  return member.headerOffset + LOCAL_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
}

function findEnd(tail: Uint8Array): number | undefined {
  const view = viewOf(tail);
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (
      view.getUint32(at, true) === END_SIGNATURE &&
      at + END_BYTES + view.getUint16(at + 20, true) === tail.byteLength
    )
      return at;
  }
  return undefined;
}

async function findFarEnd(
  size: number,
  read: ReadBytes,
): Promise<{ at: number; tail: Uint8Array; tailAt: number } | undefined> {
  const tailAt = Math.max(0, size - LONGEST_COMMENT - END_BYTES);
  const tail = await read({ at: tailAt, length: size - tailAt });
  const end = findEnd(tail);
  return end === undefined ? undefined : { at: tailAt + end, tail, tailAt };
}

interface DirectoryPlace {
  readonly offset: number;
  readonly length: number;
  readonly count: number;
}

async function directoryPlace(
  endAt: number,
  tail: Uint8Array,
  tailAt: number,
  read: ReadBytes,
): Promise<DirectoryPlace> {
  const view = viewOf(tail);
  const end = endAt - tailAt;
  const place = {
    count: view.getUint16(end + 10, true),
    length: view.getUint32(end + 12, true),
    offset: view.getUint32(end + 16, true),
  };
  const wide = place.count === 0xffff || place.length === 0xffffffff || place.offset === 0xffffffff;
  const locatorAt = endAt - LOCATOR64_BYTES;
  if (!wide || locatorAt < 0) return place;
  const locator = viewOf(await read({ at: locatorAt, length: LOCATOR64_BYTES }));
  if (locator.getUint32(0, true) !== LOCATOR64_SIGNATURE) return place;
  const recordAt = safeNumber(locator.getBigUint64(8, true), locatorAt);
  if (recordAt + END64_BYTES > locatorAt)
    throw corrupt(
      `read the ZIP64 end record of npz at byte ${recordAt}: it does not lie before its locator`,
      recordAt,
    );
  const record = viewOf(await read({ at: recordAt, length: END64_BYTES }));
  if (record.getUint32(0, true) !== END64_SIGNATURE)
    throw corrupt(`read the ZIP64 end record of npz at byte ${recordAt}: wrong signature`, recordAt);
  return {
    count: safeNumber(record.getBigUint64(32, true), recordAt),
    length: safeNumber(record.getBigUint64(40, true), recordAt),
    offset: safeNumber(record.getBigUint64(48, true), recordAt),
  };
}

export function safeNumber(value: bigint, offset: number): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw corrupt(`read the directory of npz: ${value} is no offset`, offset);
  return Number(value);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

export function corrupt(message: string, offset: number): FormatError {
  return new FormatError('corrupt', message, { format: 'numpy', offset });
}
