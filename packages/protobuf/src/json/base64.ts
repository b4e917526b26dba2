const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const CODES = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) CODES[LETTERS.charCodeAt(i)] = i;
// The alphabet for URLs is read too (ProtoJSON, "bytes").
CODES['-'.charCodeAt(0)] = 62;
CODES['_'.charCodeAt(0)] = 63;

export function bytesToBase64(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (let at = 0; at < bytes.length; at += 3) {
    const left = bytes.length - at;
    const word =
      (bytes[at]! << 16) | ((left > 1 ? bytes[at + 1]! : 0) << 8) | (left > 2 ? bytes[at + 2]! : 0);
    parts.push(
      LETTERS[word >> 18]! +
        LETTERS[(word >> 12) & 63]! +
        (left > 1 ? LETTERS[(word >> 6) & 63]! : '=') +
        (left > 2 ? LETTERS[word & 63]! : '='),
    );
  }
  return parts.join('');
}

/** With or without padding; undefined where a letter is none of base64. */
export function base64ToBytes(text: string): Uint8Array | undefined {
  const body = text.replace(/={1,2}$/, '');
  if (body.length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((body.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < body.length; i++) {
    const code = CODES[body.charCodeAt(i)] ?? -1;
    if (code < 0) return undefined;
    word = ((word << 6) | code) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[at++] = (word >> bits) & 0xff;
    }
  }
  return bytes;
}
