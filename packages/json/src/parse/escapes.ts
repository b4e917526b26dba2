const SIMPLE: Readonly<Record<number, string>> = {
  34: '"',
  92: '\\',
  47: '/',
  98: '\b',
  102: '\f',
  110: '\n',
  114: '\r',
  116: '\t',
};
const LOWER_U = 0x75;

/** What the escape at `at` stands for, and its length; undefined when it is none. Lone surrogates are kept. */
export function unescape(
  bytes: Uint8Array,
  at: number,
  end: number,
): { text: string; length: number } | undefined {
  if (at + 1 >= end) return undefined;
  const letter = bytes[at + 1]!;
  const simple = SIMPLE[letter];
  if (simple !== undefined) return { text: simple, length: 2 };
  if (letter !== LOWER_U || at + 6 > end) return undefined;
  let unit = 0;
  for (let i = at + 2; i < at + 6; i++) {
    const digit = hexDigit(bytes[i]!);
    if (digit < 0) return undefined;
    unit = unit * 16 + digit;
  }
  return { text: String.fromCharCode(unit), length: 6 };
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
