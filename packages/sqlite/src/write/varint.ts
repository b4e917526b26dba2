/** Bytes that a number from 0 to 2^53 takes as a varint (file format, 1.6). */
export function varintSize(value: number): number {
  if (value < 0x80) return 1;
  if (value < 0x4000) return 2;
  let size = 3;
  for (let rest = Math.floor(value / 0x200000); rest > 0 && size < 9; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes a varint of a number below 2^53; answers the place behind it. */
export function writeVarint(target: Uint8Array, at: number, value: number): number {
  if (value < 0x80) {
    target[at] = value;
    return at + 1;
  }
  if (value < 0x4000) {
    target[at] = (value >> 7) | 0x80;
    target[at + 1] = value & 0x7f;
    return at + 2;
  }
  const size = varintSize(value);
  let rest = value;
  for (let i = size - 1; i >= 0; i--) {
    target[at + i] = (rest % 128) | (i === size - 1 ? 0 : 0x80);
    rest = Math.floor(rest / 128);
  }
  return at + size;
}
