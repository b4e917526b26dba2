import { availableParallelism } from 'node:os';
import { groupOf } from '../cells.js';
import { runChild } from '../processes/run-child.js';
import type { OperationId } from '../results/record.js';
import type { ResultsFile } from '../results/results-file.js';
import type { CellState } from './cell-state.js';
import { inParallel } from './in-parallel.js';
import type { RunPlan } from './plan.js';
import { groupKey } from './states.js';
import type { Watch } from './watch.js';

/** Nothing is timed here, so processes may run side by side. */
export const UNTIMED_WIDTH = Math.min(4, availableParallelism());

/** Checks every group of cells; those that do not pass are in the results at once. */
export async function checkAll(
  states: readonly CellState[],
  plan: RunPlan,
  watch: Watch,
  results: Pick<ResultsFile, 'add'>,
): Promise<void> {
  const groups = groupBy(states);
  await inParallel(groups, UNTIMED_WIDTH, async (group) => {
    const start = performance.now();
    await checkGroup(group, plan, watch);
    for (const state of group) if (!state.isMeasurable && !watch.signal.aborted) results.add(state.record());
    watch.passed(
      'check',
      group.length,
      (performance.now() - start) / UNTIMED_WIDTH,
      `checked ${groupKey(group[0]!.cell)}`,
    );
  });
}

/** A process that ends early takes only the operation under way with it: another one goes on with the rest. */
async function checkGroup(group: readonly CellState[], plan: RunPlan, watch: Watch): Promise<void> {
  const { cell, files } = group[0]!;
  for (
    let left = group;
    left.length > 0 && !watch.signal.aborted;
    left = left.filter((state) => !state.isChecked)
  ) {
    let current: OperationId = left[0]!.cell.operation;
    const stateOf = (operation: OperationId): CellState =>
      left.find((state) => state.cell.operation === operation)!;
    const operations = left.map((state) => state.cell.operation);
    const outcome = await runChild<'check'>(
      { kind: 'check', group: groupOf(cell), operations, files },
      {
        timeoutMs: plan.settings.timeoutSeconds * 1000,
        onMessage(message) {
          if (message.type === 'checking') current = message.operation;
          if (message.type === 'verdict') stateOf(message.verdict.operation).takeVerdict(message.verdict);
        },
      },
    );
    if (watch.signal.aborted) return;
    if (!outcome.ok) stateOf(current).takeFailure(outcome.failure, `check: ${outcome.reason}`);
  }
}

/** In the order of their first cells. */
function groupBy(states: readonly CellState[]): CellState[][] {
  const groups = new Map<string, CellState[]>();
  for (const state of states) {
    const key = groupKey(state.cell);
    groups.set(key, [...(groups.get(key) ?? []), state]);
  }
  return [...groups.values()];
}
