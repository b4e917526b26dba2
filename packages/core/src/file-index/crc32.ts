import { platform } from '#platform';

const POLYNOMIAL = 0xedb88320;

type Native = (bytes: Uint8Array, seed?: number) => number;
/** Node has it since 20.15; the declarations of older ones do not. */
const native = (platform?.zlib as { readonly crc32?: Native } | undefined)?.crc32;

let table: Int32Array | undefined;

/** CRC-32 of gzip (RFC 1952, section 8). `seed` is that of the bytes before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  if (native !== undefined) return native(bytes, seed);
  table ??= makeTable();
  let crc = ~seed;
  for (let i = 0; i < bytes.byteLength; i++) crc = table[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
    return crc;
  });
}
