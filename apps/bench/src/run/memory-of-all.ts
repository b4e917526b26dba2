import { runChild } from '../processes/run-child.js';
import type { ResultsFile } from '../results/results-file.js';
import type { CellState } from './cell-state.js';
import { UNTIMED_WIDTH } from './check-all.js';
import { inParallel } from './in-parallel.js';
import type { RunPlan } from './plan.js';
import type { Watch } from './watch.js';

/** Peak memory, bytes through the file and its size, of every cell that passed the check. */
export async function measureMemoryOfAll(
  states: readonly CellState[],
  plan: RunPlan,
  watch: Watch,
  results: Pick<ResultsFile, 'add'>,
): Promise<void> {
  const measurable = states.filter((state) => state.isMeasurable && !state.hasMemory);
  await inParallel(measurable, UNTIMED_WIDTH, async (state) => {
    if (watch.isOver) return;
    const start = performance.now();
    const { cell, files, way } = state;
    const outcome = await runChild<'memory'>(
      { kind: 'memory', cell, files, way },
      { timeoutMs: plan.settings.timeoutSeconds * 1000 },
    );
    if (!watch.signal.aborted) {
      state.takeMemory(outcome);
      results.add(state.record());
    }
    watch.passed('memory', 1, (performance.now() - start) / UNTIMED_WIDTH, `memory of ${cell.id}`);
  });
}
