import { medianInterval, medianOfMedians } from '../statistics/bootstrap.js';
import { median } from '../statistics/quantile.js';
import type { MessageSummary, ProcessSamples, Stage, TimeSummary } from './record.js';

/** What the raw samples of a cell say; null for none. */
export function summariseTimes(processes: readonly ProcessSamples[]): TimeSummary | null {
  if (processes.length === 0) return null;
  const clusters = processes.map(({ samplesMs }) => samplesMs);
  const stages = new Set(processes.flatMap(({ stagesMs }) => Object.keys(stagesMs) as Stage[]));
  return {
    medianMs: medianOfMedians(clusters),
    interval95Ms: medianInterval(clusters) ?? null,
    minMs: Math.min(...clusters.flat()),
    firstMs: median(processes.map(({ firstMs }) => firstMs)),
    stagesMs: Object.fromEntries(
      [...stages].map((stage) => [
        stage,
        medianOfMedians(
          processes.flatMap(({ stagesMs }) => (stagesMs[stage] === undefined ? [] : [stagesMs[stage]])),
        ),
      ]),
    ),
    processes: processes.length,
    samples: clusters.flat().length,
  };
}

/** Of the cells of `messages`; null for the others. */
export function summariseMessages(
  processes: readonly ProcessSamples[],
  bytesPerMessage: number | undefined,
): MessageSummary | null {
  const latencies = processes.flatMap(({ latencyMs }) => (latencyMs === undefined ? [] : [latencyMs]));
  if (latencies.length === 0 || bytesPerMessage === undefined) return null;
  return {
    perSecond: 1000 / medianOfMedians(processes.map(({ samplesMs }) => samplesMs)),
    bytesPerMessage,
    latencyMs: { p50: median(latencies.map(({ p50 }) => p50)), p99: median(latencies.map(({ p99 }) => p99)) },
  };
}
