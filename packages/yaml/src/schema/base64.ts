const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
const BAD = 64;
const ASCII = new TextDecoder('latin1');

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
const VALUES = new Uint8Array(128).fill(BAD);
for (let i = 0; i < CODES.length; i++) VALUES[CODES[i]!] = i;

/** The base64 of `data` (RFC 4648, section 4). */
export function encodeBase64(data: Uint8Array): string {
  const out = new Uint8Array(4 * Math.ceil(data.length / 3));
  const whole = data.length - (data.length % 3);
  let at = 0;
  for (let i = 0; i < whole; i += 3) {
    const bits = (data[i]! << 16) | (data[i + 1]! << 8) | data[i + 2]!;
    out[at] = CODES[bits >> 18]!;
    out[at + 1] = CODES[(bits >> 12) & 63]!;
    out[at + 2] = CODES[(bits >> 6) & 63]!;
    out[at + 3] = CODES[bits & 63]!;
    at += 4;
  }
  const rest = data.length - whole;
  if (rest > 0) {
    const bits = (data[whole]! << 16) | (rest === 2 ? data[whole + 1]! << 8 : 0);
    out[at] = CODES[bits >> 18]!;
    out[at + 1] = CODES[(bits >> 12) & 63]!;
    out[at + 2] = rest === 2 ? CODES[(bits >> 6) & 63]! : PAD;
    out[at + 3] = PAD;
  }
  return ASCII.decode(out);
}

/** The bytes of base64 text, blanks and line breaks in it skipped; undefined where it is none. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bare = /[ \t\n]/.test(text) ? text.replace(/[ \t\n]+/g, '') : text;
  const { length } = bare;
  if (length % 4 !== 0) return undefined;
  if (length === 0) return new Uint8Array(0);
  const pads = !bare.endsWith('=') ? 0 : bare.endsWith('==') ? 2 : 1;
  const data = new Uint8Array((length / 4) * 3 - pads);
  let faults = 0;
  let out = 0;
  const digit = (at: number): number => {
    if (at >= length - pads) return 0;
    const code = bare.charCodeAt(at);
    const value = code < 128 ? VALUES[code]! : BAD;
    faults |= value;
    return value;
  };
  for (let at = 0; at < length; at += 4) {
    const bits = (digit(at) << 18) | (digit(at + 1) << 12) | (digit(at + 2) << 6) | digit(at + 3);
    // Beyond the end, stores to a typed array do nothing.
    data[out++] = bits >> 16;
    data[out++] = bits >> 8;
    data[out++] = bits;
  }
  return (faults & BAD) === 0 ? data : undefined;
}
