const CHUNK = 4096;

/** The text, or the position of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7). */
export function decodeUtf8(bytes: Uint8Array, from: number, to: number): string | number {
  let text = '';
  let units: number[] = [];
  let at = from;
  while (at < to) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      units.push(lead);
      at++;
    } else {
      const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
      if (lead < 0xc2 || lead > 0xf4 || at + length > to) return at;
      let point = lead & (0xff >> (length + 1));
      for (let i = 1; i < length; i++) {
        const next = bytes[at + i]!;
        if ((next & 0xc0) !== 0x80) return at;
        point = (point << 6) | (next & 0x3f);
      }
      const tooLong = (length === 3 && point < 0x800) || (length === 4 && point < 0x10000);
      if (tooLong || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) return at;
      if (point < 0x10000) units.push(point);
      else units.push(0xd800 + ((point - 0x10000) >> 10), 0xdc00 + ((point - 0x10000) & 0x3ff));
      at += length;
    }
    if (units.length >= CHUNK) {
      text += String.fromCharCode(...units);
      units = [];
    }
  }
  return text + String.fromCharCode(...units);
}
