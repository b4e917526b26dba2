import { deflateSync, inflateSync } from 'fflate';

type NodeZlib = typeof import('node:zlib');

// Node's own zlib where there is one, without an import that a browser would trip over.
const nodeZlib: NodeZlib | undefined = (
  globalThis as { process?: { getBuiltinModule?: (id: string) => NodeZlib | undefined } }
).process?.getBuiltinModule?.('node:zlib');

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 of ZIP (APPNOTE 4.4.7). `seed` is the CRC of what came before. */
export function crc32(bytes: Uint8Array, seed = 0): number {
  // Node 20.15 and newer.
  if (nodeZlib?.crc32 !== undefined) return nodeZlib.crc32(bytes, seed);
  let crc = ~seed;
  for (let i = 0; i < bytes.byteLength; i++) crc = TABLE[(crc ^ bytes[i]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}

export function deflateRaw(bytes: Uint8Array): Uint8Array {
  return nodeZlib === undefined ? deflateSync(bytes) : nodeZlib.deflateRawSync(bytes);
}

/** Exactly `size` bytes, or an error of the library's. */
export function inflateRaw(bytes: Uint8Array, size: number): Uint8Array {
  const out =
    nodeZlib === undefined
      ? inflateSync(bytes, { out: new Uint8Array(size) })
      : nodeZlib.inflateRawSync(bytes, { maxOutputLength: Math.max(1, size) });
  if (out.byteLength !== size) throw new Error(`inflates to ${out.byteLength} of ${size} bytes`);
  return out;
}
