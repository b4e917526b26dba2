import { lookup3 } from './checksum.js';
import { dataView, type FileView, readAddress } from './file-view.js';

export const SIGNATURE = Uint8Array.of(0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a);
/** Where a superblock may stand: at 0, 512, and each doubling of that (a user block lies before it). */
const FIRST_USER_BLOCK = 512;

export interface Superblock {
  /** Offset of the signature in the file. */
  readonly at: number;
  readonly version: number;
  /** What addresses are relative to. */
  readonly base: number;
  /** Where the file should end, as an offset. */
  readonly end: number | undefined;
  /** Bytes of addresses and lengths; everything but 8 is left to the library. */
  readonly addressSize: number;
  readonly lengthSize: number;
  /** Offset of the field that holds the end of the file. */
  readonly endAt: number;
  /** Versions 2 and 3. */
  readonly checksumAt: number | undefined;
  /** Address of the superblock extension, where there is one: it may hold a free-space strategy. */
  readonly extension: number | undefined;
}

/** Offset of the HDF5 signature, or undefined. */
export function findSignature(file: FileView): number | undefined {
  for (let at = 0; at + SIGNATURE.length <= file.size; at = at === 0 ? FIRST_USER_BLOCK : at * 2) {
    const bytes = file.bytes(at, SIGNATURE.length);
    if (bytes !== undefined && isSignature(bytes, 0)) return at;
  }
  return undefined;
}

export function isSignature(bytes: Uint8Array, at: number): boolean {
  return SIGNATURE.every((byte, i) => bytes[at + i] === byte);
}

/** The superblock whose signature stands at `at`; undefined for a version or sizes that are not known here. */
export function readSuperblock(file: FileView, at: number): Superblock | undefined {
  const start = file.bytes(at, Math.min(96, file.size - at));
  if (start === undefined || start.byteLength < 48) return undefined;
  const view = dataView(start);
  const version = start[8]!;
  if (version === 0 || version === 1) {
    const shift = version === 1 ? 4 : 0;
    if (start.byteLength < 96 + shift && version === 0) return undefined;
    return {
      at,
      version,
      addressSize: start[13]!,
      lengthSize: start[14]!,
      base: readAddress(view, 24 + shift) ?? at,
      end: readAddress(view, 40 + shift),
      endAt: at + 40 + shift,
      checksumAt: undefined,
      extension: undefined,
    };
  }
  if (version !== 2 && version !== 3) return undefined;
  if (lookup3(start.subarray(0, 44)) !== view.getUint32(44, true)) return undefined;
  return {
    at,
    version,
    addressSize: start[9]!,
    lengthSize: start[10]!,
    base: readAddress(view, 12) ?? at,
    end: readAddress(view, 28),
    endAt: at + 28,
    checksumAt: at + 44,
    extension: readAddress(view, 20),
  };
}
