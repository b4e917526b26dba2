import { median, quantile } from './quantile.js';
import { type Random, randomInteger, seededRandom } from './random.js';
import { widening } from './small-sample.js';

export type Interval = readonly [low: number, high: number];

/** Samples of each process: what is measured inside one process hangs together, so processes are drawn first. */
export type Clusters = readonly ArrayLike<number>[];

export interface BootstrapOptions {
  /** Default 2000. */
  readonly resamples?: number;
  /** Default 1: the interval of the same figures is always the same. */
  readonly seed?: number;
}

/** Median of the processes' medians: no process counts more because it made more samples. */
export function medianOfMedians(clusters: Clusters): number {
  return median(clusters.map((samples) => median(samples)));
}

/** 95 % interval of the median of medians, in the unit of the samples; undefined for fewer than two processes. */
export function medianInterval(
  clusters: readonly (readonly number[])[],
  options: BootstrapOptions = {},
): Interval | undefined {
  if (clusters.length < 2) return undefined;
  return bootstrap(clusters.length, medianOfMedians(clusters), options, (random) =>
    medianOfMedians(drawIndices(clusters.length, random).map((i) => redraw(clusters[i]!, random))),
  );
}

export interface PairedProcess {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
}

/**
 * What processes of two cells measured, those of one block together; blocks that one of them has not are left out. Of
 * processes that took turns each sample stands beside the other's of the same turn: there the ratios are the samples.
 */
export function pairsOf(ours: readonly InBlock[], peer: readonly InBlock[]): PairedProcess[] {
  return ours.flatMap(({ block, samplesMs, inTurns }) => {
    const other = peer.find((one) => one.block === block);
    if (other === undefined) return [];
    if (inTurns !== true || other.inTurns !== true) return [{ ours: samplesMs, peer: other.samplesMs }];
    const turns = Math.min(samplesMs.length, other.samplesMs.length);
    return [{ ours: samplesMs.slice(0, turns).map((ms, i) => ms / other.samplesMs[i]!), peer: [1] }];
  });
}

interface InBlock {
  readonly block: number;
  readonly samplesMs: readonly number[];
  readonly inTurns?: boolean;
}

/** Ours over the peer's: median of the processes' ratios of medians. Below 1 ours is faster. */
export function medianRatio(
  processes: readonly { readonly ours: ArrayLike<number>; readonly peer: ArrayLike<number> }[],
): number {
  return median(processes.map(({ ours, peer }) => median(ours) / median(peer)));
}

/** 95 % interval of {@link medianRatio}: a process is drawn with both sides, its samples on each side apart. */
export function ratioInterval(
  processes: readonly PairedProcess[],
  options: BootstrapOptions = {},
): Interval | undefined {
  if (processes.length < 2) return undefined;
  return bootstrap(processes.length, medianRatio(processes), options, (random) =>
    medianRatio(
      drawIndices(processes.length, random).map((i) => ({
        ours: redraw(processes[i]!.ours, random),
        peer: redraw(processes[i]!.peer, random),
      })),
    ),
  );
}

/** The percentile interval, widened about the centre, in logarithms, by as much as few processes make it too narrow. */
function bootstrap(
  count: number,
  center: number,
  options: BootstrapOptions,
  statistic: (random: Random) => number,
): Interval {
  const { resamples = 2000, seed = 1 } = options;
  const random = seededRandom(seed);
  const drawn = Array.from({ length: resamples }, () => statistic(random));
  const wide = widening(count);
  const end = (share: number): number => center * (quantile(drawn, share) / center) ** wide;
  return [end(0.025), end(0.975)];
}

function drawIndices(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => randomInteger(random, count));
}

function redraw(values: readonly number[], random: Random): Float64Array {
  const drawn = new Float64Array(values.length);
  for (let i = 0; i < drawn.length; i++) drawn[i] = values[randomInteger(random, drawn.length)]!;
  return drawn;
}
