const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PAD = 0x3d;
const BAD = 64;

const CODES = Uint8Array.from(ALPHABET, (letter) => letter.charCodeAt(0));
/** Two letters for each 12 bits. */
const PAIRS = new Uint8Array(2 * 4096);
const VALUES = new Uint8Array(256).fill(BAD);
for (let i = 0; i < 4096; i++) {
  PAIRS[2 * i] = CODES[i >> 6]!;
  PAIRS[2 * i + 1] = CODES[i & 63]!;
}
for (let i = 0; i < 64; i++) VALUES[CODES[i]!] = i;

/** Length of the base64 text of `count` bytes, padded. */
export function base64Length(count: number): number {
  return 4 * Math.ceil(count / 3);
}

/** Writes the base64 of `data` (RFC 4648, section 4) to `out` and returns the position behind it. */
export function encodeBase64(data: Uint8Array, out: Uint8Array, at: number): number {
  const whole = data.length - (data.length % 3);
  for (let i = 0; i < whole; i += 3) {
    const first = 2 * ((data[i]! << 4) | (data[i + 1]! >> 4));
    const second = 2 * (((data[i + 1]! & 15) << 8) | data[i + 2]!);
    out[at] = PAIRS[first]!;
    out[at + 1] = PAIRS[first + 1]!;
    out[at + 2] = PAIRS[second]!;
    out[at + 3] = PAIRS[second + 1]!;
    at += 4;
  }
  const rest = data.length - whole;
  if (rest === 0) return at;
  const last = (data[whole]! << 16) | (rest === 2 ? data[whole + 1]! << 8 : 0);
  out[at] = CODES[last >> 18]!;
  out[at + 1] = CODES[(last >> 12) & 63]!;
  out[at + 2] = rest === 2 ? CODES[(last >> 6) & 63]! : PAD;
  out[at + 3] = PAD;
  return at + 4;
}

/** The bytes of padded base64 text between two positions; where it is not that, the position of the fault. */
export function decodeBase64(text: Uint8Array, from: number, to: number): Uint8Array | number {
  const length = to - from;
  if (length % 4 !== 0) return to;
  if (length === 0) return new Uint8Array(0);
  const pads = text[to - 1] !== PAD ? 0 : text[to - 2] !== PAD ? 1 : 2;
  const data = new Uint8Array((length / 4) * 3 - pads);
  const whole = to - (pads > 0 ? 4 : 0);
  let out = 0;
  let faults = 0;
  for (let at = from; at < whole; at += 4) {
    const a = VALUES[text[at]!]!;
    const b = VALUES[text[at + 1]!]!;
    const c = VALUES[text[at + 2]!]!;
    const d = VALUES[text[at + 3]!]!;
    faults |= a | b | c | d;
    data[out] = (a << 2) | (b >> 4);
    data[out + 1] = (b << 4) | (c >> 2);
    data[out + 2] = (c << 6) | d;
    out += 3;
  }
  if (pads > 0) {
    const a = VALUES[text[whole]!]!;
    const b = VALUES[text[whole + 1]!]!;
    const c = pads === 1 ? VALUES[text[whole + 2]!]! : 0;
    // Bits that stand for nothing must be zero, so that one text means one value.
    if ((pads === 1 ? c & 3 : b & 15) !== 0) return whole;
    faults |= a | b | c;
    data[out] = (a << 2) | (b >> 4);
    if (pads === 1) data[out + 1] = (b << 4) | (c >> 2);
  }
  if ((faults & BAD) === 0) return data;
  for (let at = from; at < to; at++) if (VALUES[text[at]!] === BAD) return at;
  return from;
}
