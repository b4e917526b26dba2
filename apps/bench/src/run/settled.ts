import type { ProcessSamples } from '../results/record.js';
import { medianInterval, medianOfMedians } from '../statistics/bootstrap.js';

/** Share of the median that a narrow 95 % interval is at most wide. */
export const SETTLED_WIDTH = 0.03;
/** Enough to decide whether to go on; what is reported is drawn more often. */
const RESAMPLES = 400;

/**
 * Whether a cell needs no more processes: its interval was narrow after the last process and after the one before.
 * Stopping at the first narrow one would pick those that are narrow by luck: of 100 simulated cells 90 to 93 then
 * have the truth in their interval, and 95 this way.
 */
export function isSettled(processes: readonly ProcessSamples[]): boolean {
  return widthOf(processes) < SETTLED_WIDTH && widthOf(processes.slice(0, -1)) < SETTLED_WIDTH;
}

/** Width of the 95 % interval as a share of the median; infinite for fewer than two processes. */
export function widthOf(processes: readonly ProcessSamples[]): number {
  const clusters = processes.map(({ samplesMs }) => samplesMs);
  const interval = medianInterval(clusters, { resamples: RESAMPLES });
  if (interval === undefined) return Number.POSITIVE_INFINITY;
  return (interval[1] - interval[0]) / medianOfMedians(clusters);
}
