import { runChild } from '../processes/run-child.js';
import type { ColdUse, OperationId } from '../results/record.js';
import type { ResultsFile } from '../results/results-file.js';
import { medianInterval, medianOfMedians } from '../statistics/bootstrap.js';
import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Watch } from './watch.js';

/** Whose file is read and not changed. */
const READS: readonly OperationId[] = ['read', 'read-one', 'read-each'];
const SAMPLES = 5;

/** Reads with a cold page cache, in fresh processes one at a time. A cache that does not get cold is the result. */
export async function measureColdReads(
  states: readonly CellState[],
  plan: RunPlan,
  watch: Watch,
  results: ResultsFile,
): Promise<void> {
  for (const state of states) {
    if (!READS.includes(state.cell.operation) || !state.isMeasurable || state.hasCold) continue;
    const clusters: (readonly number[])[] = [];
    let reason: string | null = null;
    for (let i = 0; i < plan.settings.repeats && reason === null && !watch.isOver; i++) {
      const { cell, files, way } = state;
      const outcome = await runChild<'cold'>(
        { kind: 'cold', cell, files, way, samples: SAMPLES },
        { timeoutMs: plan.settings.timeoutSeconds * 1000 },
      );
      if (watch.signal.aborted) return;
      reason = outcome.ok ? outcome.result.reason : outcome.reason;
      if (outcome.ok && reason === null) clusters.push(outcome.result.samplesMs);
    }
    if (reason === null && clusters.length === 0) return;
    state.takeCold(reason === null ? measured(clusters) : unknown(reason));
    results.add(state.record());
  }
}

function measured(clusters: readonly (readonly number[])[]): ColdUse {
  return {
    processes: clusters.map((samplesMs) => ({ samplesMs })),
    medianMs: medianOfMedians(clusters),
    interval95Ms: medianInterval(clusters) ?? null,
    reason: null,
  };
}

function unknown(reason: string): ColdUse {
  return { processes: [], medianMs: null, interval95Ms: null, reason };
}
