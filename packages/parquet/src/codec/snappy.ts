import { corrupt } from '../corrupt.js';

/** The format's blocks: matches never reach further back than 64 KiB. */
const BLOCK = 65536;
const HASH_BITS = 14;
/** A match of fewer bytes is not looked for. */
const LEAST_MATCH = 4;
/** Up to this length a loop is faster than a call. */
const SHORT = 32;
/** Bytes that a copy of four at a time writes behind its end. */
const SPILL = 3;
/** Bytes at the end of a block that are always written as they are. */
const MARGIN = 15;

/**
 * Decompresses a raw Snappy block into exactly `size` bytes, of what `room` gives.
 *
 * @throws FormatError `corrupt`
 */
export function snappyDecompress(
  input: Uint8Array,
  size: number,
  offset: number,
  room: (size: number) => Uint8Array = (size) => new Uint8Array(size),
): Uint8Array {
  const { declared, start } = readLength(input, offset);
  if (declared !== size) throw damaged(`${declared} bytes, the page header says ${size}`, offset);
  const out = room(size);
  const end = input.length;
  const from32 = new DataView(input.buffer, input.byteOffset, end);
  const to32 = new DataView(out.buffer, out.byteOffset, size);
  // So far four bytes may be moved at once, up to three too many: what comes next overwrites them.
  const easyIn = end - SPILL;
  const easyOut = size - SPILL;
  let at = start;
  let to = 0;
  while (at < end) {
    const tag = input[at++]!;
    const kind = tag & 3;
    let length = (tag >> 2) + 1;
    if (kind === 0) {
      if (length > 60) {
        const bytes = length - 60;
        if (at + bytes > end) throw damaged('a literal is cut', offset);
        // Integers all the way: one double here makes every index a double, and the loop several times slower.
        length = 0;
        for (let i = 0; i < bytes; i++) length |= input[at++]! << (8 * i);
        length = (length + 1) | 0;
      }
      if (length < 1 || length > end - at || length > size - to)
        throw damaged('a literal leaves the block', offset);
      if (length > SHORT) {
        out.set(input.subarray(at, at + length), to);
        at += length;
        to += length;
      } else if (at + length <= easyIn && to + length <= easyOut) {
        for (let i = 0; i < length; i += 4) to32.setInt32(to + i, from32.getInt32(at + i, true), true);
        at += length;
        to += length;
      } else for (const until = to + length; to < until; ) out[to++] = input[at++]!;
      continue;
    }
    let distance: number;
    if (at + (kind === 3 ? 4 : kind) > end) throw damaged('a copy is cut', offset);
    if (kind === 1) {
      length = ((tag >> 2) & 7) + 4;
      distance = ((tag >> 5) << 8) | input[at++]!;
    } else if (kind === 2) {
      distance = input[at]! | (input[at + 1]! << 8);
      at += 2;
    } else {
      distance = input[at]! | (input[at + 1]! << 8) | (input[at + 2]! << 16) | (input[at + 3]! << 24);
      at += 4;
    }
    if (distance <= 0 || distance > to || length > size - to)
      throw damaged('a copy leaves the block', offset);
    let from = to - distance;
    if (length > SHORT && distance >= length) {
      out.copyWithin(to, from, from + length);
      to += length;
    } else if (distance >= 4 && to + length <= easyOut) {
      for (let i = 0; i < length; i += 4) to32.setInt32(to + i, to32.getInt32(from + i, true), true);
      to += length;
    } else for (const until = to + length; to < until; ) out[to++] = out[from++]!;
  }
  if (to !== size) throw damaged(`${to} of ${size} bytes`, offset);
  return out;
}

function readLength(
  input: Uint8Array,
  offset: number,
): { readonly declared: number; readonly start: number } {
  let declared = 0;
  for (let at = 0; at < 5; at++) {
    const byte = input[at];
    if (byte === undefined) break;
    declared += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return { declared, start: at + 1 };
  }
  throw damaged('its length is cut', offset);
}

/** Most bytes that compressed `size` bytes can take. */
export function snappyBound(size: number): number {
  return 32 + size + Math.floor(size / 6);
}

/** Compresses to a raw Snappy block. */
export function snappyCompress(input: Uint8Array): Uint8Array {
  const out = new Uint8Array(snappyBound(input.length));
  let to = 0;
  let rest = input.length;
  while (rest >= 0x80) {
    out[to++] = (rest & 0x7f) | 0x80;
    rest = Math.floor(rest / 128);
  }
  out[to++] = rest;
  const table = new Uint16Array(1 << HASH_BITS);
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  for (let start = 0; start < input.length; start += BLOCK) {
    if (start > 0) table.fill(0);
    to = compressBlock(input, view, start, Math.min(start + BLOCK, input.length), table, out, to);
  }
  return out.subarray(0, to);
}

function compressBlock(
  input: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  table: Uint16Array,
  out: Uint8Array,
  into: number,
): number {
  let to = into;
  let literal = start;
  const limit = end - MARGIN;
  let at = start + 1;
  // Steps grow while nothing matches, so that data without repetitions passes quickly.
  let misses = 32;
  while (at < limit) {
    const word = view.getUint32(at, true);
    const slot = Math.imul(word, 0x1e35a7bd) >>> (32 - HASH_BITS);
    let from = start + table[slot]!;
    table[slot] = at - start;
    if (from >= at || view.getUint32(from, true) !== word) {
      at += misses++ >> 5;
      continue;
    }
    misses = 32;
    if (at > literal) to = emitLiteral(input, literal, at, out, to);
    const matched = at;
    at += LEAST_MATCH;
    from += LEAST_MATCH;
    while (at < end && input[at] === input[from]) {
      at++;
      from++;
    }
    to = emitCopy(at - from, at - matched, out, to);
    literal = at;
    if (at < limit) {
      // One more entry inside the match finds repetitions that start there.
      table[Math.imul(view.getUint32(at - 1, true), 0x1e35a7bd) >>> (32 - HASH_BITS)] = at - 1 - start;
    }
  }
  return literal < end ? emitLiteral(input, literal, end, out, to) : to;
}

function emitLiteral(input: Uint8Array, from: number, end: number, out: Uint8Array, into: number): number {
  let to = into;
  const length = end - from;
  const code = length - 1;
  if (code < 60) out[to++] = code << 2;
  else if (code < 256) {
    out[to++] = 60 << 2;
    out[to++] = code;
  } else {
    // A block has at most 65536 bytes.
    out[to++] = 61 << 2;
    out[to++] = code & 0xff;
    out[to++] = code >> 8;
  }
  if (length > 32) out.set(input.subarray(from, end), to);
  else for (let i = 0; i < length; i++) out[to + i] = input[from + i]!;
  return to + length;
}

function emitCopy(distance: number, length: number, out: Uint8Array, into: number): number {
  let to = into;
  let rest = length;
  const far = (count: number): void => {
    out[to++] = ((count - 1) << 2) | 2;
    out[to++] = distance & 0xff;
    out[to++] = distance >> 8;
  };
  while (rest >= 68) {
    far(64);
    rest -= 64;
  }
  if (rest > 64) {
    far(60);
    rest -= 60;
  }
  if (rest >= 12 || distance >= 2048) far(rest);
  else {
    out[to++] = ((distance >> 8) << 5) | ((rest - 4) << 2) | 1;
    out[to++] = distance & 0xff;
  }
  return to;
}

function damaged(state: string, offset: number): Error {
  return corrupt(`decompress Snappy page: ${state}`, offset);
}
