/** The NaN that reading gives; others lose their payload. */
const PLAIN_NAN = Float64Array.of(Number.NaN);
const PLAIN = new Uint32Array(PLAIN_NAN.buffer);

/** How many NaNs of float64 data have a payload or sign that `.nan` does not tell. */
export function payloadsOf(data: unknown, valid?: Uint8Array): number {
  if (!(data instanceof Float64Array)) return 0;
  let halves: Uint32Array | undefined;
  let count = 0;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (value === value || valid?.[i] === 0) continue;
    halves ??= new Uint32Array(data.buffer, data.byteOffset, data.length * 2);
    if (halves[2 * i] !== PLAIN[0] || halves[2 * i + 1] !== PLAIN[1]) count++;
  }
  return count;
}
