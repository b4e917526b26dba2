const SHORT = 32;
const CHUNK = 8192;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/** Text of one byte a letter, ISO 8859-1 as CPython takes it. */
export function latin1Text(bytes: Uint8Array, at: number, length: number): string {
  if (length <= SHORT) {
    let text = '';
    for (let i = at; i < at + length; i++) text += String.fromCharCode(bytes[i]!);
    return text;
  }
  const part = bytes.subarray(at, at + length);
  if (isAscii(part)) return strict.decode(part);
  const pieces: string[] = [];
  for (let from = 0; from < length; from += CHUNK)
    pieces.push(String.fromCharCode(...part.subarray(from, from + CHUNK)));
  return pieces.join('');
}

/** UTF-8 with lone surrogates as three bytes (Python's `surrogatepass`); undefined where it is none. */
export function utf8Text(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return withSurrogates(bytes);
  }
}

export function utf8Bytes(text: string): Uint8Array {
  if (!/\p{Surrogate}/u.test(text)) return encoder.encode(text);
  const parts: number[] = [];
  for (const letter of text) {
    const point = letter.codePointAt(0)!;
    if (point >= 0xd800 && point <= 0xdfff)
      parts.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
    else parts.push(...encoder.encode(letter));
  }
  return Uint8Array.from(parts);
}

export function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 0x7f) return false;
  return true;
}

/** Splits at the surrogates: what is between them has to be UTF-8. */
function withSurrogates(bytes: Uint8Array): string | undefined {
  const parts: string[] = [];
  let from = 0;
  try {
    for (let at = 0; at < bytes.length; at++) {
      if (bytes[at] !== 0xed || (bytes[at + 1] ?? 0) < 0xa0) continue;
      const [second, third] = [bytes[at + 1]!, bytes[at + 2] ?? 0];
      if (second > 0xbf || (third & 0xc0) !== 0x80) return undefined;
      parts.push(strict.decode(bytes.subarray(from, at)));
      parts.push(String.fromCharCode(0xd000 | ((second & 0x3f) << 6) | (third & 0x3f)));
      from = at + 3;
      at += 2;
    }
    if (from === 0) return undefined;
    parts.push(strict.decode(bytes.subarray(from)));
  } catch {
    return undefined;
  }
  return parts.join('');
}
