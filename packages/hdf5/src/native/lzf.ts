import { damaged } from './field-reader.js';

/** Literal runs have control bytes below this. */
const LITERALS = 32;
const LONG_MATCH = 7;

/** LZF, h5py's quick filter: runs of literals, and copies from up to 8 KiB before. @throws FormatError `corrupt` */
export function inflateLzf(input: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let at = 0;
  let to = 0;
  while (at < input.byteLength) {
    const control = input[at++]!;
    if (control < LITERALS) {
      const count = control + 1;
      if (at + count > input.byteLength || to + count > size) throw broken();
      out.set(input.subarray(at, at + count), to);
      at += count;
      to += count;
      continue;
    }
    let length = control >> 5;
    if (length === LONG_MATCH) length += input[at++] ?? 0;
    const low = input[at++];
    if (low === undefined) throw broken();
    const from = to - ((control & 31) << 8) - low - 1;
    length += 2;
    if (from < 0 || to + length > size) throw broken();
    // Byte by byte: a copy may reach into what it writes.
    for (let i = 0; i < length; i++) out[to + i] = out[from + i]!;
    to += length;
  }
  if (to !== size) throw broken();
  return out;
}

function broken(): Error {
  return damaged('read chunk: its LZF data is damaged');
}
