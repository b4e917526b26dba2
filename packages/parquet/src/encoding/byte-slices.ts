import type { ByteReader } from '../byte-reader.js';
import { corrupt } from '../corrupt.js';
import { decodeDelta32 } from './delta.js';

/** Values of variable length: where each lies in `bytes`. */
export interface ByteSlices {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** PLAIN BYTE_ARRAY: each value behind its length. @throws FormatError `corrupt` */
export function plainSlices(reader: ByteReader, count: number): ByteSlices {
  // Each value takes 4 bytes at least: refused before the arrays are made.
  reader.need(count * 4, `${count} byte arrays`);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  const { view, end } = reader;
  let { at } = reader;
  for (let i = 0; i < count; i++) {
    if (at + 4 > end)
      throw corrupt(`read byte array ${i} of ${count}: the page ends before it`, reader.base + at);
    const length = view.getUint32(at, true);
    at += 4;
    if (length > end - at)
      throw corrupt(
        `read byte array ${i} of ${count}: ${length} bytes, ${end - at} are left`,
        reader.base + at,
      );
    starts[i] = at;
    at += length;
    ends[i] = at;
  }
  reader.at = at;
  return { bytes: reader.bytes, starts, ends };
}

/** FIXED_LEN_BYTE_ARRAY: values one after the other. */
export function fixedSlices(bytes: Uint8Array, length: number, count: number): ByteSlices {
  const starts = Int32Array.from({ length: count }, (_, i) => i * length);
  return { bytes, starts, ends: starts.map((start) => start + length) };
}

/** DELTA_LENGTH_BYTE_ARRAY: all lengths, then all bytes. @throws FormatError `corrupt` */
export function deltaLengthSlices(reader: ByteReader, count: number): ByteSlices {
  const lengths = decodeDelta32(reader, count);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = reader.at;
    reader.need(lengths[i]!, `byte array ${i} of ${count}`);
    reader.at += lengths[i]!;
    ends[i] = reader.at;
  }
  return { bytes: reader.bytes, starts, ends };
}

/**
 * DELTA_BYTE_ARRAY: how much of the value before is repeated, and what follows. `charge` is told the size of
 * the whole before it is allocated.
 *
 * @throws FormatError `corrupt`, `limit`
 */
export function deltaSlices(reader: ByteReader, count: number, charge: (bytes: number) => void): ByteSlices {
  const prefixes = decodeDelta32(reader, count);
  const suffixes = deltaLengthSlices(reader, count);
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  let size = 0;
  for (let i = 0; i < count; i++) {
    const before = i === 0 ? 0 : ends[i - 1]! - starts[i - 1]!;
    const prefix = prefixes[i]!;
    if (prefix < 0 || prefix > before)
      throw corrupt(
        `read byte array ${i} of ${count}: repeats ${prefix} of ${before} bytes`,
        reader.base + reader.at,
      );
    starts[i] = size;
    size += prefix + suffixes.ends[i]! - suffixes.starts[i]!;
    if (size > 2 ** 31 - 1)
      throw corrupt('read byte arrays: a page of more than 2 GiB', reader.base + reader.at);
    ends[i] = size;
  }
  charge(size);
  const bytes = new Uint8Array(size);
  for (let i = 0; i < count; i++) {
    const prefix = prefixes[i]!;
    const start = starts[i]!;
    if (prefix > 0) bytes.copyWithin(start, starts[i - 1]!, starts[i - 1]! + prefix);
    bytes.set(suffixes.bytes.subarray(suffixes.starts[i]!, suffixes.ends[i]!), start + prefix);
  }
  return { bytes, starts, ends };
}
