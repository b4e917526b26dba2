import type { ProcessSamples } from '../results/record.js';
import { medianInterval, medianOfMedians } from '../statistics/bootstrap.js';

/** A cell whose 95 % interval is narrower than this share of its median is given no more processes. */
export const SETTLED_WIDTH = 0.03;
/** Enough to decide whether to go on; what is reported is drawn more often. */
const RESAMPLES = 400;

/** Width of the 95 % interval as a share of the median; infinite for fewer than two processes. */
export function widthOf(processes: readonly ProcessSamples[]): number {
  const clusters = processes.map(({ samplesMs }) => samplesMs);
  const interval = medianInterval(clusters, { resamples: RESAMPLES });
  if (interval === undefined) return Number.POSITIVE_INFINITY;
  return (interval[1] - interval[0]) / medianOfMedians(clusters);
}
