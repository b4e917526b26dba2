import type { TimeSummary } from '../results/record.js';

/** Standard deviations on either side of a normal distribution's middle 95 %. */
const SIGMAS_95 = 1.96;

/** A ratio of times and its 95 % interval, undefined where one of them has none. */
export interface Ratio {
  readonly ratio: number;
  readonly interval: readonly [number, number] | undefined;
}

/**
 * The geometric mean of `over[i] / under[i]`. The intervals of independent medians are taken as those of
 * log-normal variables.
 */
export function ratioOf(over: readonly TimeSummary[], under: readonly TimeSummary[]): Ratio {
  const pairs = over.map((one, i) => [one, under[i]!] as const);
  const mean = pairs.reduce((sum, [a, b]) => sum + Math.log(a.medianMs / b.medianMs), 0) / pairs.length;
  const ratio = Math.exp(mean);
  const deviations = pairs.flatMap((pair) => pair.map(logDeviation));
  if (deviations.some((deviation) => deviation === undefined)) return { ratio, interval: undefined };
  const sigma = Math.hypot(...deviations.map((deviation) => deviation ?? 0)) / pairs.length;
  const reach = Math.exp(SIGMAS_95 * sigma);
  return { ratio, interval: [ratio / reach, ratio * reach] };
}

function logDeviation({ interval95Ms }: TimeSummary): number | undefined {
  if (interval95Ms === null || interval95Ms[0] <= 0) return undefined;
  return Math.log(interval95Ms[1] / interval95Ms[0]) / (2 * SIGMAS_95);
}
