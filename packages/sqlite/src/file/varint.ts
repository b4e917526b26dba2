/** Length in bytes of the varint at `at`: 1 to 9 (file format, 1.6). */
export function varintLength(bytes: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) if (bytes[at + i]! < 0x80) return i + 1;
  return 9;
}

/**
 * A varint as a number: exact below 2^53, which is far beyond every size; a negative one of nine bytes comes out
 * above 2^63. Bytes after the end count as zero.
 */
export function readVarint(bytes: Uint8Array, at: number): number {
  let byte = bytes[at]!;
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let i = 1; i < 8; i++) {
    byte = bytes[at + i] ?? 0;
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return value;
  }
  return value * 256 + (bytes[at + 8] ?? 0);
}

/** A signed 64-bit varint as a number where a double holds it, else as a bigint. */
export function readRowid(bytes: Uint8Array, at: number): number | bigint {
  const value = readVarint(bytes, at);
  if (value <= Number.MAX_SAFE_INTEGER) return value;
  let exact = 0n;
  for (let i = 0; i < 8; i++) exact = (exact << 7n) | BigInt((bytes[at + i] ?? 0) & 0x7f);
  exact = BigInt.asIntN(64, (exact << 8n) | BigInt(bytes[at + 8] ?? 0));
  return exact >= -(2n ** 53n) && exact <= 2n ** 53n ? Number(exact) : exact;
}
