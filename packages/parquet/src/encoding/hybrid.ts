import type { ByteReader } from '../byte-reader.js';
import { corrupt } from '../corrupt.js';
import type { GrowingBytes } from '../growing-bytes.js';

type Numbers = Uint8Array | Int32Array;

/** Bits that fit 32-bit arithmetic together with a byte that is only partly used. */
const EASY_WIDTH = 24;
/** Shorter runs of one value are packed: a run of its own costs two bytes and more. */
const LEAST_RUN = 8;

/** Bits that the numbers 0 … `largest` need. */
export function bitWidthOf(largest: number): number {
  return largest === 0 ? 0 : 32 - Math.clz32(largest);
}

/**
 * Fills `out` from Parquet's RLE / bit-packing hybrid (Encodings, "RLE = 3").
 *
 * @throws FormatError `corrupt` when the runs end before `out` is full
 */
export function decodeHybrid(reader: ByteReader, width: number, out: Numbers): void {
  if (width === 0) {
    out.fill(0);
    return;
  }
  let filled = 0;
  while (filled < out.length) {
    const header = reader.varint('a run of levels or indices');
    if ((header & 1) === 0) {
      const count = Math.min(header >>> 1, out.length - filled);
      let value = 0;
      for (let byte = 0; byte < Math.ceil(width / 8); byte++)
        value |= reader.byte('a repeated value') << (8 * byte);
      out.fill(value, filled, filled + count);
      filled += count;
      continue;
    }
    const groups = header >>> 1;
    const count = Math.min(groups * 8, out.length - filled);
    unpack(reader, width, out, filled, count);
    filled += count;
    // Writers may leave out the padding of the last group.
    const padding = groups * width - Math.ceil((count * width) / 8);
    reader.at += Math.min(padding, reader.left);
  }
}

/** `count` values of `width` bits, least significant bit first. */
function unpack(reader: ByteReader, width: number, out: Numbers, from: number, count: number): void {
  reader.need(Math.ceil((count * width) / 8), 'packed values');
  const { bytes } = reader;
  let at = reader.at;
  const end = from + count;
  if (width === 1) {
    for (let i = from; i < end; at++) {
      const byte = bytes[at]!;
      for (let bit = 0; bit < 8 && i < end; bit++) out[i++] = (byte >> bit) & 1;
    }
  } else if (width === 8) {
    for (let i = from; i < end; i++) out[i] = bytes[at++]!;
  } else if (width <= EASY_WIDTH) {
    const mask = (1 << width) - 1;
    let buffer = 0;
    let bits = 0;
    for (let i = from; i < end; i++) {
      while (bits < width) {
        buffer |= bytes[at++]! << bits;
        bits += 8;
      }
      out[i] = buffer & mask;
      buffer >>>= width;
      bits -= width;
    }
  } else {
    at += unpackWide(bytes, at, width, out, from, end);
  }
  reader.at = at;
}

function unpackWide(
  bytes: Uint8Array,
  at: number,
  width: number,
  out: Numbers,
  from: number,
  end: number,
): number {
  const limit = 2 ** width;
  let buffer = 0;
  let bits = 0;
  let used = 0;
  for (let i = from; i < end; i++) {
    while (bits < width) {
      buffer += bytes[at + used++]! * 2 ** bits;
      bits += 8;
    }
    const value = buffer % limit;
    out[i] = value;
    buffer = (buffer - value) / limit;
    bits -= width;
  }
  return used;
}

/** The deprecated BIT_PACKED levels: no header, most significant bit first. */
export function decodeBitPacked(reader: ByteReader, width: number, out: Numbers): void {
  const size = Math.ceil((out.length * width) / 8);
  const bytes = reader.take(size, 'packed levels');
  for (let i = 0, bit = 0; i < out.length; i++) {
    let value = 0;
    for (let k = 0; k < width; k++, bit++) value = (value << 1) | ((bytes[bit >> 3]! >> (7 - (bit & 7))) & 1);
    out[i] = value;
  }
}

/** Writes `values[from … to)` in the hybrid encoding. */
export function encodeHybrid(
  out: GrowingBytes,
  width: number,
  values: Numbers,
  from: number,
  to: number,
): void {
  if (width === 0) return;
  let packedFrom = from;
  let at = from;
  while (at < to) {
    let end = at + 1;
    const value = values[at]!;
    while (end < to && values[end] === value) end++;
    // A packed run holds whole groups of 8, so that a run has to start where one ends.
    const rest = (at - packedFrom) % 8;
    const filling = rest === 0 ? 0 : 8 - rest;
    if (end - at - filling >= LEAST_RUN) {
      pack(out, width, values, packedFrom, at + filling);
      out.varint((end - at - filling) * 2);
      for (let byte = 0; byte < Math.ceil(width / 8); byte++) out.byte((value >>> (8 * byte)) & 0xff);
      packedFrom = end;
    }
    at = end;
  }
  pack(out, width, values, packedFrom, to);
}

function pack(out: GrowingBytes, width: number, values: Numbers, from: number, to: number): void {
  if (to <= from) return;
  const groups = Math.ceil((to - from) / 8);
  out.varint(groups * 2 + 1);
  out.reserve(groups * width);
  const { buffer } = out;
  let at = out.size;
  let pending = 0;
  let bits = 0;
  const end = from + groups * 8;
  for (let i = from; i < end; i++) {
    const value = i < to ? values[i]! : 0;
    if (width > EASY_WIDTH) {
      for (let bit = 0; bit < width; bit++) {
        pending |= ((value >>> bit) & 1) << bits++;
        if (bits === 8) {
          buffer[at++] = pending;
          pending = 0;
          bits = 0;
        }
      }
      continue;
    }
    pending |= value << bits;
    bits += width;
    while (bits >= 8) {
      buffer[at++] = pending & 0xff;
      pending >>>= 8;
      bits -= 8;
    }
  }
  out.size = at;
}

/** @throws FormatError `corrupt` when a level is above `most` */
export function checkLevels(levels: Uint8Array, most: number, offset: number): void {
  for (let i = 0; i < levels.length; i++) {
    if (levels[i]! > most) throw corrupt(`read levels: '${levels[i]}' is above ${most}`, offset);
  }
}
