export interface Place {
  readonly line: number;
  /** In characters, the first is 1. */
  readonly column: number;
}

/** Line and column of a byte in UTF-8 text. A line ends with a line feed, a carriage return, or both. */
export function placeOf(bytes: Uint8Array, at: number): Place {
  let line = 1;
  let start = 0;
  const stop = Math.min(at, bytes.length);
  for (let i = 0; i < stop; i++) {
    const byte = bytes[i]!;
    if (byte === 0x0a || (byte === 0x0d && bytes[i + 1] !== 0x0a)) {
      line++;
      start = i + 1;
    }
  }
  let column = 1;
  for (let i = start; i < stop; i++) if ((bytes[i]! & 0xc0) !== 0x80) column++;
  return { line, column };
}
