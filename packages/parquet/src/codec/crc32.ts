import { platform } from '#platform';

/** zlib's own, from Node 20.15 on; the types in use may be older. */
const native = (platform?.zlib as { crc32?: (bytes: Uint8Array, start?: number) => number } | undefined)
  ?.crc32;

let table: Uint32Array | undefined;

/** CRC-32 of gzip over the pieces, as an unsigned number. */
export function crc32(pieces: readonly Uint8Array[]): number {
  let crc = 0;
  // Node's starts anew at an empty piece.
  for (const piece of pieces)
    if (piece.byteLength > 0) crc = native === undefined ? slow(piece, crc) : native(piece, crc);
  return crc >>> 0;
}

function slow(bytes: Uint8Array, start: number): number {
  table ??= makeTable();
  let crc = ~start;
  for (let i = 0; i < bytes.length; i++) crc = (crc >>> 8) ^ table[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc;
}

function makeTable(): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    return crc;
  });
}
