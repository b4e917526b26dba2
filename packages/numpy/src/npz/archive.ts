import { joinBytes } from '@formatlab/core';
import {
  CENTRAL_SIGNATURE,
  END_BYTES,
  END_SIGNATURE,
  END64_BYTES,
  END64_SIGNATURE,
  LOCAL_BYTES,
  LOCAL_SIGNATURE,
  LOCATOR64_BYTES,
  LOCATOR64_SIGNATURE,
  type Member,
} from './directory.js';
import { crc32, deflateRaw } from './zlib.js';

/** 1980-01-01, the earliest date of ZIP: the same arrays give the same bytes. */
const DOS_DATE = 0x0021;
const UTF8_FLAG = 0x800;
const VERSION_ZIP64 = 45;
const LARGEST_32 = 0xffffffff;
/** Private extra field that aligns a member's data; ids from 0xffff down are free for use. */
const ALIGN_EXTRA = 0xffff;
const ALIGNMENT = 64;

export interface PackedMember {
  readonly member: Member;
  /** Local header and data, in order. */
  readonly pieces: readonly Uint8Array[];
}

/**
 * One member at byte `offset` of the archive. Stored data begin at a multiple of 64 bytes, so that the array in
 * them can be a view on the file.
 */
export function packMember(
  name: string,
  pieces: readonly Uint8Array[],
  offset: number,
  compress: boolean,
): PackedMember {
  const size = pieces.reduce((sum, piece) => sum + piece.byteLength, 0);
  const crc = pieces.reduce((seed, piece) => crc32(piece, seed), 0);
  const data = compress ? [deflateRaw(joinBytes(pieces))] : pieces;
  const compressedSize = compress ? data[0]!.byteLength : size;
  const member: Member = { name, method: compress ? 8 : 0, crc, compressedSize, size, headerOffset: offset };
  return { member, pieces: [localHeader(member), ...data] };
}

/**
 * Central directory and end records for members that lie before byte `offset`: `kept` entries as another directory has
 * them, and new ones.
 */
export function packDirectory(
  kept: { readonly bytes: Uint8Array; readonly count: number },
  members: readonly Member[],
  offset: number,
): Uint8Array[] {
  const entries = joinBytes(members.map(centralEntry));
  const count = kept.count + members.length;
  const length = kept.bytes.byteLength + entries.byteLength;
  return [kept.bytes, entries, endRecords(count, length, offset)];
}

/** Entries of a central directory. */
export function packEntries(members: readonly Member[]): {
  readonly bytes: Uint8Array;
  readonly count: number;
} {
  return { bytes: joinBytes(members.map(centralEntry)), count: members.length };
}

function endRecords(count: number, length: number, offset: number): Uint8Array {
  const wide = count >= 0xffff || offset >= LARGEST_32 || length >= LARGEST_32;
  const out = new Uint8Array((wide ? END64_BYTES + LOCATOR64_BYTES : 0) + END_BYTES);
  const view = new DataView(out.buffer);
  const at = wide ? writeEnd64(view, count, length, offset) : 0;
  view.setUint32(at, END_SIGNATURE, true);
  view.setUint16(at + 8, wide ? 0xffff : count, true);
  view.setUint16(at + 10, wide ? 0xffff : count, true);
  view.setUint32(at + 12, wide ? LARGEST_32 : length, true);
  view.setUint32(at + 16, wide ? LARGEST_32 : offset, true);
  return out;
}

function localHeader(member: Member): Uint8Array {
  const name = new TextEncoder().encode(member.name);
  const wide = member.size >= LARGEST_32 || member.compressedSize >= LARGEST_32;
  const fixed = LOCAL_BYTES + name.byteLength + (wide ? 20 : 0);
  const padding = member.method === 0 ? alignExtra(member.headerOffset + fixed) : 0;
  const out = new Uint8Array(fixed + padding);
  const view = new DataView(out.buffer);
  view.setUint32(0, LOCAL_SIGNATURE, true);
  writeCommon(view, 4, member, name.byteLength, wide);
  view.setUint16(28, (wide ? 20 : 0) + padding, true);
  out.set(name, LOCAL_BYTES);
  let at = LOCAL_BYTES + name.byteLength;
  if (wide) {
    at = writeZip64Extra(view, at, [member.size, member.compressedSize]);
  }
  if (padding > 0) {
    view.setUint16(at, ALIGN_EXTRA, true);
    view.setUint16(at + 2, padding - 4, true);
  }
  return out;
}

function centralEntry(member: Member): Uint8Array {
  const name = new TextEncoder().encode(member.name);
  const wide = [member.size, member.compressedSize].some((value) => value >= LARGEST_32);
  const far = member.headerOffset >= LARGEST_32;
  const fields = [
    ...(wide ? [member.size, member.compressedSize] : []),
    ...(far ? [member.headerOffset] : []),
  ];
  const extra = fields.length === 0 ? 0 : 4 + 8 * fields.length;
  const out = new Uint8Array(46 + name.byteLength + extra);
  const view = new DataView(out.buffer);
  view.setUint32(0, CENTRAL_SIGNATURE, true);
  view.setUint16(4, VERSION_ZIP64, true);
  writeCommon(view, 6, member, name.byteLength, wide);
  view.setUint16(30, extra, true);
  view.setUint32(42, far ? LARGEST_32 : member.headerOffset, true);
  out.set(name, 46);
  if (extra > 0) writeZip64Extra(view, 46 + name.byteLength, fields);
  return out;
}

/** What local and central headers share, from "version needed" to the length of the name. */
function writeCommon(view: DataView, at: number, member: Member, nameLength: number, wide: boolean): void {
  view.setUint16(at, wide ? VERSION_ZIP64 : 20, true);
  view.setUint16(at + 2, /[^\0-\x7f]/.test(member.name) ? UTF8_FLAG : 0, true);
  view.setUint16(at + 4, member.method, true);
  view.setUint16(at + 8, DOS_DATE, true);
  view.setUint32(at + 10, member.crc, true);
  view.setUint32(at + 14, wide ? LARGEST_32 : member.compressedSize, true);
  view.setUint32(at + 18, wide ? LARGEST_32 : member.size, true);
  view.setUint16(at + 22, nameLength, true);
}

function writeZip64Extra(view: DataView, at: number, fields: readonly number[]): number {
  view.setUint16(at, 1, true);
  view.setUint16(at + 2, 8 * fields.length, true);
  fields.forEach((value, i) => view.setBigUint64(at + 4 + 8 * i, BigInt(value), true));
  return at + 4 + 8 * fields.length;
}

/** At the start of the end records; gives where they go on. */
function writeEnd64(view: DataView, count: number, length: number, offset: number): number {
  view.setUint32(0, END64_SIGNATURE, true);
  view.setBigUint64(4, BigInt(END64_BYTES - 12), true);
  view.setUint16(12, VERSION_ZIP64, true);
  view.setUint16(14, VERSION_ZIP64, true);
  view.setBigUint64(24, BigInt(count), true);
  view.setBigUint64(32, BigInt(count), true);
  view.setBigUint64(40, BigInt(length), true);
  view.setBigUint64(48, BigInt(offset), true);
  const locator = END64_BYTES;
  view.setUint32(locator, LOCATOR64_SIGNATURE, true);
  view.setBigUint64(locator + 8, BigInt(offset + length), true);
  view.setUint32(locator + 16, 1, true);
  return locator + LOCATOR64_BYTES;
}

function alignExtra(end: number): number {
  const missing = (ALIGNMENT - (end % ALIGNMENT)) % ALIGNMENT;
  // An extra field needs four bytes for itself.
  return missing === 0 ? 0 : missing < 4 ? missing + ALIGNMENT : missing;
}
