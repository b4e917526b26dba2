const LOWER = 0x20;

/**
 * The length of NaN or an infinity at `at`, in any letter case, with its value in `out[index]`; 0 where there is none.
 * What follows it is not looked at.
 */
export function scanWord(
  bytes: Uint8Array,
  at: number,
  end: number,
  out: Float64Array,
  index: number,
): number {
  const sign = bytes[at];
  const from = sign === 0x2b || sign === 0x2d ? at + 1 : at;
  const negative = sign === 0x2d;
  if (matches(bytes, from, end, 'infinity')) return put(8);
  if (matches(bytes, from, end, 'inf')) return put(3);
  if (!matches(bytes, from, end, 'nan')) return 0;
  out[index] = Number.NaN;
  return from - at + 3;

  function put(length: number): number {
    out[index] = negative ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    return from - at + length;
  }
}

function matches(bytes: Uint8Array, at: number, end: number, word: string): boolean {
  if (at + word.length > end) return false;
  for (let i = 0; i < word.length; i++) if ((bytes[at + i]! | LOWER) !== word.charCodeAt(i)) return false;
  return true;
}
