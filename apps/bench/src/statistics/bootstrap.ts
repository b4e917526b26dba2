import { median, quantile } from './quantile.js';
import { type Random, randomInteger, seededRandom } from './random.js';

export type Interval = readonly [low: number, high: number];

/** Samples of each process: what is measured inside one process hangs together, so processes are drawn first. */
export type Clusters = readonly (readonly number[])[];

export interface BootstrapOptions {
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 0.95. */
  readonly confidence?: number;
  /** Default 1: the interval of the same figures is always the same. */
  readonly seed?: number;
}

/** Median of the processes' medians: no process counts more because it made more samples. */
export function medianOfMedians(clusters: Clusters): number {
  return median(clusters.map(median));
}

/** Percentile interval of the median of medians; undefined for fewer than two processes. */
export function medianInterval(clusters: Clusters, options: BootstrapOptions = {}): Interval | undefined {
  if (clusters.length < 2) return undefined;
  return bootstrap(options, (random) =>
    medianOfMedians(drawIndices(clusters.length, random).map((i) => redraw(clusters[i]!, random))),
  );
}

export interface PairedProcess {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/** Ours over the peer's: median of the processes' ratios of medians. Below 1 ours is faster. */
export function medianRatio(processes: readonly PairedProcess[]): number {
  return median(processes.map(({ ours, peer }) => median(ours) / median(peer)));
}

/** Percentile interval of {@link medianRatio}: a process is drawn with both sides, its samples on each side apart. */
export function ratioInterval(
  processes: readonly PairedProcess[],
  options: BootstrapOptions = {},
): Interval | undefined {
  if (processes.length < 2) return undefined;
  return bootstrap(options, (random) =>
    medianRatio(
      drawIndices(processes.length, random).map((i) => ({
        ours: redraw(processes[i]!.ours, random),
        peer: redraw(processes[i]!.peer, random),
      })),
    ),
  );
}

function bootstrap(options: BootstrapOptions, statistic: (random: Random) => number): Interval {
  const { resamples = 2000, confidence = 0.95, seed = 1 } = options;
  const random = seededRandom(seed);
  const drawn = Array.from({ length: resamples }, () => statistic(random));
  const outside = (1 - confidence) / 2;
  return [quantile(drawn, outside), quantile(drawn, 1 - outside)];
}

function drawIndices(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => randomInteger(random, count));
}

function redraw(values: readonly number[], random: Random): number[] {
  return drawIndices(values.length, random).map((i) => values[i]!);
}
