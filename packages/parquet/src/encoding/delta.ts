import type { ByteReader } from '../byte-reader.js';
import { corrupt } from '../corrupt.js';

/** More would not be a block that any writer makes. */
const LARGEST_BLOCK = 2 ** 20;

/** A number of 64 bits as its low and high half. */
type Words = readonly [low: number, high: number];

interface DeltaHeader {
  readonly miniblocks: number;
  readonly perMiniblock: number;
  readonly first: Words;
}

/** DELTA_BINARY_PACKED of INT32. Arithmetic wraps, as the specification says. @throws FormatError `corrupt` */
export function decodeDelta32(reader: ByteReader, count: number): Int32Array {
  const out = new Int32Array(count);
  const header = readHeader(reader, count);
  let value = header.first[0];
  if (count > 0) out[0] = value;
  eachMiniblock(reader, header, count, ([base], width, at, from, to) => {
    const { bytes } = reader;
    let bit = at * 8;
    for (let i = from; i < to; i++) {
      let delta = 0;
      for (let taken = 0; taken < width; ) {
        const within = bit & 7;
        const step = Math.min(8 - within, width - taken);
        // Bits from 32 on vanish modulo 2^32.
        if (taken < 32) delta |= ((bytes[Math.floor(bit / 8)]! >>> within) & ((1 << step) - 1)) << taken;
        taken += step;
        bit += step;
      }
      out[i] = value = (value + base + delta) | 0;
    }
  });
  return out;
}

/** DELTA_BINARY_PACKED of INT64. @throws FormatError `corrupt` */
export function decodeDelta64(reader: ByteReader, count: number): BigInt64Array {
  const out = new Int32Array(2 * count);
  const header = readHeader(reader, count);
  let [low, high] = header.first;
  if (count > 0) {
    out[0] = low;
    out[1] = high;
  }
  eachMiniblock(reader, header, count, ([baseLow, baseHigh], width, at, from, to) => {
    const { bytes } = reader;
    let bit = at * 8;
    for (let i = from; i < to; i++) {
      let deltaLow = 0;
      let deltaHigh = 0;
      for (let taken = 0; taken < width; ) {
        const within = bit & 7;
        const step = Math.min(8 - within, width - taken, taken < 32 ? 32 - taken : 64);
        const part = (bytes[Math.floor(bit / 8)]! >>> within) & ((1 << step) - 1);
        if (taken < 32) deltaLow |= part << taken;
        else deltaHigh |= part << (taken - 32);
        taken += step;
        bit += step;
      }
      // Halves are added as doubles, which hold the carry.
      const sum = (low >>> 0) + (baseLow >>> 0) + (deltaLow >>> 0);
      high = (high + baseHigh + deltaHigh + Math.floor(sum / 2 ** 32)) | 0;
      low = sum | 0;
      out[2 * i] = low;
      out[2 * i + 1] = high;
    }
  });
  return new BigInt64Array(out.buffer);
}

function readHeader(reader: ByteReader, count: number): DeltaHeader {
  const start = reader.base + reader.at;
  const block = reader.varint('a delta block size');
  const miniblocks = reader.varint('a number of miniblocks');
  const total = reader.varint('a number of deltas');
  const first = reader.zigzagWords('a first value');
  const perMiniblock = block / miniblocks;
  if (block === 0 || block > LARGEST_BLOCK || !Number.isInteger(perMiniblock) || perMiniblock % 8 !== 0) {
    throw corrupt(`read deltas: blocks of ${block} values in ${miniblocks} miniblocks`, start);
  }
  if (total < count) throw corrupt(`read deltas: ${total} values, the page needs ${count}`, start);
  return { miniblocks, perMiniblock, first };
}

type TakeMiniblock = (least: Words, width: number, at: number, from: number, to: number) => void;

function eachMiniblock(reader: ByteReader, header: DeltaHeader, count: number, take: TakeMiniblock): void {
  const { miniblocks, perMiniblock } = header;
  let filled = 1;
  while (filled < count) {
    const least = reader.zigzagWords('a least delta');
    const widths = reader.take(miniblocks, 'widths of miniblocks');
    for (let i = 0; i < miniblocks && filled < count; i++) {
      const width = widths[i]!;
      if (width > 64) throw corrupt(`read deltas: a width of ${width} bits`, reader.base + reader.at);
      const values = Math.min(perMiniblock, count - filled);
      reader.need(Math.ceil((values * width) / 8), 'a miniblock');
      take(least, width, reader.at, filled, filled + values);
      filled += values;
      // The last miniblock is padded, though some writers leave the padding out at the very end.
      reader.at += Math.min((perMiniblock * width) / 8, reader.left);
    }
  }
}
