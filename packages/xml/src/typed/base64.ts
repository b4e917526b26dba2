const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
const BAD = 64;
const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const VALUES = new Uint8Array(256).fill(BAD);
for (let i = 0; i < 64; i++) VALUES[CODES[i]!] = i;

/** Length of the padded base64 text of `count` bytes. */
export function base64Length(count: number): number {
  return 4 * Math.ceil(count / 3);
}

/** Writes the base64 of `data` (RFC 4648, section 4) to `out`. @returns the position behind it */
export function encodeBase64(data: Uint8Array, out: Uint8Array, start: number): number {
  let at = start;
  for (let i = 0; i < data.length; i += 3) {
    const left = data.length - i;
    const bits = (data[i]! << 16) | ((left > 1 ? data[i + 1]! : 0) << 8) | (left > 2 ? data[i + 2]! : 0);
    out[at] = CODES[bits >> 18]!;
    out[at + 1] = CODES[(bits >> 12) & 63]!;
    out[at + 2] = left > 1 ? CODES[(bits >> 6) & 63]! : PAD;
    out[at + 3] = left > 2 ? CODES[bits & 63]! : PAD;
    at += 4;
  }
  return at;
}

/** The bytes of base64 text, white space left out; undefined where it is not padded base64. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/[\x20\t\r\n]/g, '');
  const { length } = bare;
  if (length % 4 !== 0) return undefined;
  const pads = bare.endsWith('==') ? 2 : bare.endsWith('=') ? 1 : 0;
  const data = new Uint8Array((length / 4) * 3 - pads);
  let out = 0;
  for (let i = 0; i < length; i += 4) {
    let bits = 0;
    const letters = i + 4 < length ? 4 : 4 - pads;
    for (let j = 0; j < 4; j++) {
      const value = j < letters ? (VALUES[bare.charCodeAt(i + j)] ?? BAD) : 0;
      if (value === BAD) return undefined;
      bits = (bits << 6) | value;
    }
    // Bits that stand for nothing must be zero, so that one text means one value.
    if (letters < 4 && (bits & (letters === 2 ? 0xffff : 0xff)) !== 0) return undefined;
    data[out++] = (bits >> 16) & 0xff;
    if (letters > 2) data[out++] = (bits >> 8) & 0xff;
    if (letters > 3) data[out++] = bits & 0xff;
  }
  return data;
}
