import { gammaln } from 'simple-statistics';

/**
 * Probability that Student's t with `freedom` degrees is at least `t` away from 0, on either side: the regularised
 * incomplete beta function I_x(freedom / 2, 1/2) at x = freedom / (freedom + t²).
 */
export function studentTails(t: number, freedom: number): number {
  if (!Number.isFinite(t)) return 0;
  return betaRatio(freedom / (freedom + t * t), freedom / 2, 0.5);
}

const quantiles = new Map<number, number>();

/** The t that 95 % of Student's distribution with `freedom` degrees lie within, on both sides of 0. */
export function studentReach(freedom: number): number {
  const known = quantiles.get(freedom);
  if (known !== undefined) return known;
  let [low, high] = [0, 2];
  while (studentTails(high, freedom) > OUTSIDE) high *= 2;
  while (high - low > 1e-10 * high) {
    const middle = (low + high) / 2;
    if (studentTails(middle, freedom) > OUTSIDE) low = middle;
    else high = middle;
  }
  quantiles.set(freedom, high);
  return high;
}

const OUTSIDE = 0.05;

/** I_x(a, b). The continued fraction converges fast below the mean only, so the other side is taken from its mirror image. */
function betaRatio(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const front = Math.exp(gammaln(a + b) - gammaln(a) - gammaln(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2)
    ? (front * fraction(x, a, b)) / a
    : 1 - (front * fraction(1 - x, b, a)) / b;
}

/** DLMF 8.17.22, evaluated from the front (Lentz's method). */
function fraction(x: number, a: number, b: number): number {
  const least = Number.MIN_VALUE / Number.EPSILON;
  const away = (value: number): number => (Math.abs(value) < least ? least : value);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    for (const term of [even, odd]) {
      d = 1 / away(1 + term * d);
      c = away(1 + term / c);
      result *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return result;
}
