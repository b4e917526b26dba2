/** BYTE_STREAM_SPLIT: all first bytes, then all second ones, … back to values of `width` bytes one after the other. */
export function joinStreams(split: Uint8Array, width: number, count: number): Uint8Array {
  const joined = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++) {
    for (let i = 0, at = byte, from = byte * count; i < count; i++, at += width)
      joined[at] = split[from + i]!;
  }
  return joined;
}
