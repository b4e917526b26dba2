/**
 * The offset of the first byte that is not UTF-8 (Unicode, table 3-7: shortest forms, no surrogates, nothing above
 * U+10FFFF), or −1. The offset is that of the sequence's first byte.
 */
export function invalidUtf8At(bytes: Uint8Array, from = 0, end: number = bytes.length): number {
  let at = from;
  while (at < end) {
    const first = bytes[at]!;
    if (first < 0x80) {
      at++;
      continue;
    }
    const length = sequenceLength(bytes, at, end);
    if (length === 0) return at;
    at += length;
  }
  return -1;
}

/** Bytes of the sequence that starts at `at` with a byte of 0x80 or above; 0 where it is none. */
function sequenceLength(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at]!;
  const second = at + 1 < end ? bytes[at + 1]! : 0;
  if (first >= 0xc2 && first <= 0xdf) return isTail(second) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const least = first === 0xe0 ? 0xa0 : 0x80;
    const most = first === 0xed ? 0x9f : 0xbf;
    return second >= least && second <= most && at + 2 < end && isTail(bytes[at + 2]!) ? 3 : 0;
  }
  if (first < 0xf0 || first > 0xf4) return 0;
  const least = first === 0xf0 ? 0x90 : 0x80;
  const most = first === 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most || at + 3 >= end) return 0;
  return isTail(bytes[at + 2]!) && isTail(bytes[at + 3]!) ? 4 : 0;
}

function isTail(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}
