import { corrupt } from '../corrupt.js';

/** A raw LZ4 block of exactly `size` bytes. @throws FormatError `corrupt` */
export function lz4Decompress(input: Uint8Array, size: number, offset: number): Uint8Array {
  const out = new Uint8Array(size);
  const written = decodeBlock(input, out, 0);
  if (written !== size)
    throw corrupt(
      `decompress LZ4 page: ${written < 0 ? 'a sequence leaves the block' : `${written} of ${size} bytes`}`,
      offset,
    );
  return out;
}

/**
 * The deprecated codec LZ4: Hadoop's frames (sizes as big-endian 32-bit numbers before each block), or, by
 * writers that did not know, a raw block.
 *
 * @throws FormatError `corrupt`
 */
export function hadoopLz4Decompress(input: Uint8Array, size: number, offset: number): Uint8Array {
  const out = new Uint8Array(size);
  return decodeHadoop(input, out) ? out : lz4Decompress(input, size, offset);
}

function decodeHadoop(input: Uint8Array, out: Uint8Array): boolean {
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  let at = 0;
  let to = 0;
  while (at + 8 <= input.length) {
    let wanted = view.getUint32(at);
    at += 4;
    if (wanted > out.length - to) return false;
    // One frame of Hadoop's may hold several blocks.
    while (wanted > 0) {
      if (at + 4 > input.length) return false;
      const packed = view.getUint32(at);
      at += 4;
      if (packed > input.length - at) return false;
      const end = decodeBlock(input.subarray(at, at + packed), out, to);
      if (end < 0 || end - to > wanted || end === to) return false;
      wanted -= end - to;
      to = end;
      at += packed;
    }
  }
  return at === input.length && to === out.length;
}

/** Where the output ends, or -1 when the block is damaged. */
function decodeBlock(input: Uint8Array, out: Uint8Array, from: number): number {
  let at = 0;
  let to = from;
  while (at < input.length) {
    const token = input[at++]!;
    let literals = token >> 4;
    if (literals === 15) {
      let byte: number;
      do {
        byte = input[at++] ?? -1;
        if (byte < 0) return -1;
        literals += byte;
      } while (byte === 255);
    }
    if (at + literals > input.length || to + literals > out.length) return -1;
    out.set(input.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    // The last sequence has literals only.
    if (at === input.length) return to;
    const distance = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8);
    at += 2;
    let length = (token & 15) + 4;
    if (length === 19) {
      let byte: number;
      do {
        byte = input[at++] ?? -1;
        if (byte < 0) return -1;
        length += byte;
      } while (byte === 255);
    }
    if (at > input.length || distance === 0 || distance > to || to + length > out.length) return -1;
    for (let i = 0, source = to - distance; i < length; i++) out[to + i] = out[source + i]!;
    to += length;
  }
  return to;
}
