import { FormatError } from '@formatlab/core';
import { CENTRAL_SIGNATURE, corrupt, type Member, safeNumber, viewOf } from './directory.js';

const CENTRAL_BYTES = 46;
/** Bit 11: the name is UTF-8 (APPNOTE appendix D). Python writes ASCII names without it. */
const UTF8_FLAG = 0x800;
/** From this many names on it is quicker to have parsed all of them. */
const MOST_SEARCHED = 3;

/** The central directory of an archive; its entries are parsed when they are asked for. */
export class Directory {
  /** The entries as they stand in the file. */
  readonly bytes: Uint8Array;
  readonly count: number;
  /** Where they begin. */
  readonly offset: number;
  #members: readonly Member[] | undefined;
  #byEntry: ReadonlyMap<string, Member> | undefined;
  #searched = 0;

  constructor(bytes: Uint8Array, count: number, offset: number) {
    this.bytes = bytes;
    this.count = count;
    this.offset = offset;
  }

  /** @throws FormatError `corrupt`, `unsupported` */
  get members(): readonly Member[] {
    this.#members ??= parseMembers(this.bytes, this.count, this.offset);
    return this.#members;
  }

  /** The members by the name that NumPy gives them. The last one of each name counts; folders hold nothing. */
  get entries(): ReadonlyMap<string, Member> {
    if (this.#byEntry === undefined) {
      const byEntry = new Map<string, Member>();
      for (const member of this.members)
        if (!member.name.endsWith('/')) byEntry.set(entryName(member.name), member);
      this.#byEntry = byEntry;
    }
    return this.#byEntry;
  }

  /** One entry, without parsing the others. @throws FormatError `corrupt`, `unsupported` */
  entry(name: string): Member | undefined {
    if (this.#byEntry !== undefined || this.#searched++ >= MOST_SEARCHED) return this.entries.get(name);
    return findEntry(this.bytes, this.count, this.offset, name);
  }
}

/** As NumPy names a member: without `.npy`. */
export function entryName(name: string): string {
  return name.endsWith('.npy') ? name.slice(0, -4) : name;
}

function findEntry(bytes: Uint8Array, count: number, base: number, entry: string): Member | undefined {
  if (entry.endsWith('/')) return undefined;
  // A name of other letters than ASCII has one form where it is flagged as UTF-8, and another where it is not.
  const wanted = [`${entry}.npy`, entry].flatMap((name) => [
    { utf8: true, bytes: new TextEncoder().encode(name) },
    { utf8: false, bytes: Uint8Array.from(name, (letter) => letter.charCodeAt(0)) },
  ]);
  const lengths = new Set(wanted.map((name) => name.bytes.byteLength));
  let found: Member | undefined;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const next = endOfEntry(bytes, at, i, count, base);
    const length = bytes[at + 28]! | (bytes[at + 29]! << 8);
    if (lengths.has(length)) {
      const utf8 = (bytes[at + 9]! & (UTF8_FLAG >> 8)) !== 0;
      const start = at + CENTRAL_BYTES;
      if (wanted.some((name) => name.utf8 === utf8 && holds(bytes, start, length, name.bytes)))
        found = parseMember(bytes, at, next, base);
    }
    at = next;
  }
  return found !== undefined && entryName(found.name) === entry ? found : undefined;
}

function holds(bytes: Uint8Array, at: number, length: number, name: Uint8Array): boolean {
  if (name.byteLength !== length) return false;
  // Names of one file mostly differ in their last letters.
  for (let i = length - 1; i >= 0; i--) if (bytes[at + i] !== name[i]) return false;
  return true;
}

/** Where the entry behind this one begins. @throws FormatError `corrupt` */
function endOfEntry(bytes: Uint8Array, at: number, i: number, count: number, base: number): number {
  const missing =
    at + CENTRAL_BYTES > bytes.byteLength ||
    bytes[at] !== (CENTRAL_SIGNATURE & 255) ||
    bytes[at + 1] !== ((CENTRAL_SIGNATURE >> 8) & 255) ||
    bytes[at + 2] !== ((CENTRAL_SIGNATURE >> 16) & 255) ||
    bytes[at + 3] !== CENTRAL_SIGNATURE >>> 24;
  if (missing) throw corrupt(`read the directory of npz: entry ${i} of ${count} is missing`, base + at);
  const u16 = (from: number): number => bytes[from]! | (bytes[from + 1]! << 8);
  const next = at + CENTRAL_BYTES + u16(at + 28) + u16(at + 30) + u16(at + 32);
  if (next > bytes.byteLength)
    throw corrupt(`read the directory of npz: entry ${i} of ${count} is cut`, base + at);
  return next;
}

function parseMembers(bytes: Uint8Array, count: number, base: number): Member[] {
  const members: Member[] = [];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const next = endOfEntry(bytes, at, i, count, base);
    members.push(parseMember(bytes, at, next, base));
    at = next;
  }
  return members;
}

const UTF8 = new TextDecoder('utf-8');
const LATIN1 = new TextDecoder('latin1');

function parseMember(bytes: Uint8Array, at: number, next: number, base: number): Member {
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, next - at);
  const flags = view.getUint16(8, true);
  const nameLength = view.getUint16(28, true);
  const nameBytes = bytes.subarray(at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameLength);
  const name = (flags & UTF8_FLAG ? UTF8 : LATIN1).decode(nameBytes);
  if (flags & 1)
    throw new FormatError('unsupported', `read npz member '${name}': it is encrypted`, {
      format: 'numpy',
      feature: 'encryption',
      path: name,
    });
  const extraAt = at + CENTRAL_BYTES + nameLength;
  return withZip64(
    {
      name,
      method: view.getUint16(10, true),
      crc: view.getUint32(16, true),
      compressedSize: view.getUint32(20, true),
      size: view.getUint32(24, true),
      headerOffset: view.getUint32(42, true),
    },
    viewOf(bytes.subarray(extraAt, extraAt + view.getUint16(30, true))),
    base + at,
  );
}

/** APPNOTE 4.5.3: only the fields that are all ones stand in the extra field, in this order. */
function withZip64(member: Member, extra: DataView, offset: number): Member {
  if (
    member.size !== 0xffffffff &&
    member.compressedSize !== 0xffffffff &&
    member.headerOffset !== 0xffffffff
  )
    return member;
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    const end = Math.min(extra.byteLength, at + 4 + extra.getUint16(at + 2, true));
    let field = at + 4;
    const wide = (narrow: number): number => {
      if (narrow !== 0xffffffff) return narrow;
      if (field + 8 > end)
        throw corrupt(`read the directory of npz: ZIP64 fields of '${member.name}' are cut`, offset);
      field += 8;
      return safeNumber(extra.getBigUint64(field - 8, true), offset);
    };
    const size = wide(member.size);
    const compressedSize = wide(member.compressedSize);
    return { ...member, size, compressedSize, headerOffset: wide(member.headerOffset) };
  }
  return member;
}
