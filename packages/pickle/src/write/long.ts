/** Two's complement, little-endian, as short as can be; `padded` adds one byte, which Python reads the same. */
export function longBytes(value: bigint, padded: boolean): Uint8Array {
  if (value === 0n) return new Uint8Array(padded ? 1 : 0);
  const negative = value < 0n;
  // Bits of the magnitude, where those of −2ⁿ are n.
  const size = (negative ? -value - 1n : value).toString(16);
  const digits = size.length % 2 === 0 ? size : `0${size}`;
  const count = digits.length / 2;
  const extra = Number.parseInt(digits.slice(0, 2), 16) > 0x7f ? 1 : 0;
  const bytes = new Uint8Array(count + extra + (padded ? 1 : 0));
  for (let i = 0; i < count; i++)
    bytes[i] = Number.parseInt(digits.slice(digits.length - 2 * i - 2, digits.length - 2 * i), 16);
  if (negative) for (let i = 0; i < bytes.length; i++) bytes[i] = ~bytes[i]! & 0xff;
  return bytes;
}
