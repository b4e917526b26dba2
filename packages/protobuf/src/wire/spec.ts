/** Wire types (encoding.md, "Message Structure"). */
export const VARINT = 0;
export const I64 = 1;
export const LEN = 2;
export const SGROUP = 3;
export const EGROUP = 4;
export const I32 = 5;

/** Field numbers end here (language guide, "Assigning Field Numbers"). */
export const LARGEST_FIELD = 2 ** 29 - 1;
/** Messages within messages, as every official implementation limits them. */
export const DEPTH_LIMIT = 100;
/** Lengths of fields are int32 in every official implementation. */
export const LARGEST_LENGTH = 2 ** 31 - 1;

export const LITTLE_ENDIAN_HOST = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The bytes of words of `width`, turned around. */
export function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const out = new Uint8Array(bytes.length);
  for (let at = 0; at < bytes.length; at += width) {
    for (let i = 0; i < width; i++) out[at + i] = bytes[at + width - 1 - i]!;
  }
  return out;
}
