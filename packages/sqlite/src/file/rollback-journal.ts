import type { WalPages } from './wal.js';

const MAGIC = [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];
const HEADER_BYTES = 28;
/** Records go on to the end of the journal. */
const ALL_RECORDS = 0xffffffff;
/** Every 200th byte counts for the checksum. */
const CHECKSUM_STEP = 200;

/**
 * The pages as they were before a change that did not end (file format, 3): what the file has of them is partly new.
 * Undefined where the journal says nothing, as after a change that ended.
 *
 * @param bytes of `<database>-journal`
 */
export function parseRollbackJournal(bytes: Uint8Array): WalPages | undefined {
  if (!isHeader(bytes, 0)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sector = view.getUint32(20);
  const pageSize = view.getUint32(24);
  if (sector < 32 || pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0)
    return undefined;
  const places = new Map<number, number>();
  const recordBytes = 4 + pageSize + 4;
  for (let at = 0; isHeader(bytes, at); ) {
    const told = view.getUint32(at + 8);
    const nonce = view.getUint32(at + 12);
    let record = at + sector;
    const whole = Math.max(0, Math.floor((bytes.byteLength - record) / recordBytes));
    for (let i = 0; i < (told === ALL_RECORDS ? whole : Math.min(told, whole)); i++, record += recordBytes) {
      const page = view.getUint32(record);
      const place = record + 4;
      if (page === 0 || view.getUint32(place + pageSize) !== checksum(bytes, place, pageSize, nonce))
        return { bytes, pageSize, pages: view.getUint32(16), places };
      // The first version of a page is the oldest.
      if (!places.has(page)) places.set(page, place);
    }
    at = Math.ceil(record / sector) * sector;
  }
  return { bytes, pageSize, pages: view.getUint32(16), places };
}

function isHeader(bytes: Uint8Array, at: number): boolean {
  return at + HEADER_BYTES <= bytes.byteLength && MAGIC.every((byte, i) => bytes[at + i] === byte);
}

function checksum(bytes: Uint8Array, place: number, pageSize: number, nonce: number): number {
  let sum = nonce;
  for (let i = pageSize - CHECKSUM_STEP; i > 0; i -= CHECKSUM_STEP) sum = (sum + bytes[place + i]!) >>> 0;
  return sum;
}
