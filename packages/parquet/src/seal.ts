import { crc32 } from './codec/crc32.js';
import { corrupt } from './corrupt.js';
import { startsWith } from './footer.js';

/**
 * What FormatLab writes in front of a file's metadata: a mark and the CRC-32 of the metadata. Other programs
 * take no notice, since nothing refers to it, and leave it out when they write the file anew: a seal tells that
 * the metadata and every page have checksums of ours.
 */
export const SEAL_BYTES = 12;

/**
 * What our files say of who wrote them. A file that says it without a seal is damaged; one written without
 * checksums says the other.
 */
export const CREATED_BY_SEALED = 'formatlab';
export const CREATED_BY_UNSEALED = 'formatlab without checksums';

/** `FLabCRC1` */
const MARK = Uint8Array.of(0x46, 0x4c, 0x61, 0x62, 0x43, 0x52, 0x43, 0x31);

export function sealOf(metadata: Uint8Array): Uint8Array {
  const seal = new Uint8Array(SEAL_BYTES);
  seal.set(MARK);
  new DataView(seal.buffer).setUint32(MARK.byteLength, crc32([metadata]), true);
  return seal;
}

/** Whether the bytes in front of the metadata are a seal. */
export function isSeal(before: Uint8Array): boolean {
  return before.byteLength === SEAL_BYTES && startsWith(before, MARK);
}

/** @throws FormatError `corrupt` when the metadata is not the one that was sealed */
export function checkSeal(seal: Uint8Array, metadata: Uint8Array, offset: number): void {
  const view = new DataView(seal.buffer, seal.byteOffset, seal.byteLength);
  if (view.getUint32(MARK.byteLength, true) !== crc32([metadata]))
    throw corrupt('read Parquet metadata: its checksum does not match', offset);
}
