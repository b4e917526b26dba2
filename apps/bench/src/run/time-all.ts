import { runChild } from '../processes/run-child.js';
import type { ResultsFile } from '../results/results-file.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Watch } from './watch.js';

/**
 * Times in blocks: each block has every cell once, in a random order of its own, one process at a time. The
 * first block is always completed; later ones end when the time is up.
 */
export async function timeAll(
  states: readonly CellState[],
  plan: RunPlan,
  watch: Watch,
  results: ResultsFile,
): Promise<void> {
  const random = seededRandom(plan.seed);
  for (let block = 0; block < plan.settings.repeats; block++) {
    for (const state of shuffled(states, random)) {
      if (watch.signal.aborted || (block > 0 && watch.isOver)) return;
      if (state.isMeasurable) await timeOnce(state, block, plan, watch, results);
    }
  }
}

async function timeOnce(
  state: CellState,
  block: number,
  plan: RunPlan,
  watch: Watch,
  results: ResultsFile,
): Promise<void> {
  const start = performance.now();
  const { cell, files, way } = state;
  const outcome = await runChild<'time'>(
    { kind: 'time', cell, files, way, settings: plan.samples },
    { timeoutMs: plan.settings.timeoutSeconds * 1000 },
  );
  if (watch.signal.aborted) return;
  state.takeSamples(outcome, block);
  results.add(state.record());
  watch.passed('time', 1, performance.now() - start, cell.id);
}
