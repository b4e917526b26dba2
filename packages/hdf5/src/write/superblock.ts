import { lookup3 } from '../layout/checksum.js';
import { SIGNATURE } from '../layout/superblock.js';
import { ByteList } from './byte-list.js';

export const SUPERBLOCK_BYTES = 48;

/** A superblock of version 2 (spec II.A) with addresses and lengths of 8 bytes. `base`: bytes of the user block. */
export function superblock(base: number, end: number, root: number): Uint8Array {
  const list = new ByteList().bytes(SIGNATURE).u8(2, 8, 8, 0).u64(base).u64(undefined).u64(end).u64(root);
  const bytes = list.u32(0).finish();
  new DataView(bytes.buffer).setUint32(44, lookup3(bytes.subarray(0, 44)), true);
  return bytes;
}
