/** Powers of ten that a double holds exactly: 10^0 … 10^22. */
export const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, power) => Number(`1e${power}`));

/**
 * Powers of ten in this range are kept as a sum of two doubles. Within it no intermediate result of the
 * double-double arithmetic that uses them overflows or loses bits to the subnormal range.
 */
export const LEAST_POWER = -290;
export const MOST_POWER = 270;

/** Four doubles a power: the nearest double, what it lacks, and the nearest double split into two halves of 26 bits. */
export const POWER_STRIDE = 4;
export const POWERS = new Float64Array((MOST_POWER - LEAST_POWER + 1) * POWER_STRIDE);

/** Dekker's constant: splits a double into two halves whose products are exact. */
export const SPLITTER = 2 ** 27 + 1;

/** Where the power 10^`exponent` stands in {@link POWERS}; it is computed on first use. */
export function powerIndex(exponent: number): number {
  const index = (exponent - LEAST_POWER) * POWER_STRIDE;
  if (POWERS[index] === 0) fillPower(exponent, index);
  return index;
}

function fillPower(exponent: number, index: number): void {
  const nearest = Number(`1e${exponent}`);
  const scaled = SPLITTER * nearest;
  const top = scaled - (scaled - nearest);
  POWERS[index + 1] =
    exponent >= 0 ? Number(10n ** BigInt(exponent) - BigInt(nearest)) : lackOfInverse(-exponent, nearest);
  POWERS[index + 2] = top;
  POWERS[index + 3] = nearest - top;
  POWERS[index] = nearest;
}

/** 10^-`power` − `nearest`, rounded once. */
function lackOfInverse(power: number, nearest: number): number {
  const bits = new BigUint64Array(Float64Array.of(nearest).buffer)[0]!;
  const mantissa = (bits & (2n ** 52n - 1n)) | (2n ** 52n);
  // nearest = mantissa / 2^shift
  const shift = 1075n - (bits >> 52n);
  const ten = 10n ** BigInt(power);
  // About 106 bits of quotient, whatever the power.
  const extra = 160 + Math.ceil(power * 3.33);
  const quotient = ((((1n << shift) - mantissa * ten) << BigInt(extra)) / ten) >> shift;
  const half = extra >> 1;
  return Number(quotient) * 2 ** -half * 2 ** -(extra - half);
}
