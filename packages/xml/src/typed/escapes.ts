/** Backslashes, and what no XML document may hold. */
const TO_ESCAPE = /\\|[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;
const ESCAPE = /\\(?:\\|u([0-9a-f]{4}))/g;

/** `\uXXXX` for each UTF-16 unit that XML does not have. */
export function escaped(text: string): string {
  return text.replace(TO_ESCAPE, (character) =>
    character === '\\' ? '\\\\' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function unescaped(text: string): string {
  return text.replace(ESCAPE, (_escape, unit?: string) =>
    unit === undefined ? '\\' : String.fromCharCode(Number.parseInt(unit, 16)),
  );
}
