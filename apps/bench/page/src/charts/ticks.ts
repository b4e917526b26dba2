/** Finest first. */
const DIGITS = [
  [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9],
  [1, 1.5, 2, 3, 5, 7],
  [1, 2, 3, 5],
  [1, 2, 5],
  [1, 3],
  [1],
] as const;

/** Round values (1, 2, 5 × powers of ten) on a logarithmic axis, at most so many, as evenly as they come. */
export function logTicks([low, high]: readonly [number, number], most: number): number[] {
  for (const digits of DIGITS) {
    const ticks = within(low, high, digits);
    if (ticks.length <= most && ticks.length > 1) return ticks;
  }
  const decades = within(low, high, [1]);
  if (decades.length < 2) return within(low, high, DIGITS[0]!).slice(0, most);
  const step = Math.ceil(decades.length / most);
  return decades.filter((_, i) => i % step === 0);
}

function within(low: number, high: number, digits: readonly number[]): number[] {
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    for (const digit of digits) {
      const tick = Number(`${digit}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  return ticks;
}

/** The text of a tick without zeros that say nothing: `5 ms` for `5.00 ms`. */
export function tickText(format: (value: number) => string): (value: number) => string {
  return (value) =>
    format(value).replace(/(\.\d*?)0+(?=\D|$)/, (_, digits: string) => (digits === '.' ? '' : digits));
}
