/** The middle value, or the mean of the two middle ones. @throws RangeError for no values */
export function median(values: ArrayLike<number>): number {
  return quantile(values, 0.5);
}

/**
 * The quantile at `share` (0 … 1), interpolated linearly between neighbours: type 7 of Hyndman and Fan, what
 * NumPy and R do by default.
 *
 * @throws RangeError for no values
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  if (values.length === 0) throw new RangeError('take a quantile of no values');
  const sorted = ascending(values);
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (position - below);
}

/** Up to so many values are sorted faster by insertion: a bootstrap takes millions of medians of a few. */
const FEW = 24;

function ascending(values: ArrayLike<number>): Float64Array {
  const sorted = new Float64Array(values);
  if (sorted.length > FEW) return sorted.sort();
  for (let i = 1; i < sorted.length; i++) {
    const value = sorted[i]!;
    let at = i;
    for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
    sorted[at] = value;
  }
  return sorted;
}
