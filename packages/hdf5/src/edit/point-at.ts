import { lookup3 } from '../layout/checksum.js';
import type { Superblock } from '../layout/superblock.js';
import type { ReadSession } from '../read/session.js';

/** Bytes of the symbol table entry before the address of the object header (spec III.C). */
const ENTRY_ADDRESS = 8;
const ENTRY_BYTES = 40;

/** The superblock with another end and, where it is given, another root, as the bytes that change. */
export function pointAt(
  session: ReadSession,
  superblock: Superblock,
  root: number | undefined,
  end: number,
): { at: number; bytes: Uint8Array } {
  const { at, version } = superblock;
  if (version >= 2) {
    const bytes = session.view.bytes(at, 48)!.slice();
    const view = new DataView(bytes.buffer);
    view.setBigUint64(28, BigInt(end), true);
    if (root !== undefined) view.setBigUint64(36, BigInt(root), true);
    view.setUint32(44, lookup3(bytes.subarray(0, 44)), true);
    return { at, bytes };
  }
  // Versions 0 and 1 (spec II.A): end of file, driver block, then the root's symbol table entry, which may cache
  // the place of the old group's B-tree: it is told to cache nothing.
  const from = superblock.endAt;
  const bytes = session.view.bytes(from, 16 + ENTRY_BYTES)!.slice();
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(end), true);
  if (root === undefined) return { at: from, bytes: bytes.subarray(0, 8) };
  view.setBigUint64(16 + ENTRY_ADDRESS, BigInt(root), true);
  bytes.fill(0, 16 + ENTRY_ADDRESS + 8);
  return { at: from, bytes };
}
