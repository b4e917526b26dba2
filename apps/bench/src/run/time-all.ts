import { runChild } from '../processes/run-child.js';
import type { ResultsFile } from '../results/results-file.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { CellState, RunFrame } from './cell-state.js';
import type { RunPlan } from './plan.js';
import { SETTLED_WIDTH } from './settled.js';
import { noiseRecord, type Twins } from './twin.js';
import type { Watch } from './watch.js';

/**
 * Times in blocks: each block has every cell once, and one of them twice, in a random order of its own, one process
 * at a time. After the blocks that every cell is given, only those go on whose intervals are still wide. The first
 * block is always completed; later ones end when the time is up.
 */
export async function timeAll(
  states: readonly CellState[],
  twins: Twins | undefined,
  plan: RunPlan,
  frame: RunFrame,
  watch: Watch,
  results: ResultsFile,
): Promise<void> {
  const random = seededRandom(plan.seed);
  const { repeats, mostRepeats = repeats } = plan.settings;
  const all = twins === undefined ? states : [...states, twins.second];
  for (let block = 0; block < mostRepeats; block++) {
    // Drawn from all cells, so that an interrupted run goes on in the same order.
    for (const state of shuffled(all, random)) {
      if (watch.signal.aborted || (block > 0 && watch.isOver)) return;
      if (!state.isMeasurable || state.hasBlock(block)) continue;
      if (block >= repeats && isSettled(state, twins)) continue;
      await timeOnce(state, block, plan, watch);
      if (watch.signal.aborted) return;
      if (state !== twins?.second) results.add(state.record());
      if (twins !== undefined && (state === twins.first || state === twins.second)) {
        const noise = noiseRecord(twins, frame);
        if (noise !== undefined) results.add(noise);
      }
    }
    if (states.every((state) => !state.isMeasurable || isSettled(state, twins)) && block + 1 >= repeats)
      return;
  }
}

/** Both twins go on while one of them has to: they are compared block by block. */
function isSettled(state: CellState, twins: Twins | undefined): boolean {
  if (twins === undefined || (state !== twins.first && state !== twins.second))
    return state.width < SETTLED_WIDTH;
  return twins.first.width < SETTLED_WIDTH && twins.second.width < SETTLED_WIDTH;
}

async function timeOnce(state: CellState, block: number, plan: RunPlan, watch: Watch): Promise<void> {
  const start = performance.now();
  const startedMs = watch.elapsedMs;
  const { cell, files, way } = state;
  const { planted } = plan.settings;
  const slowdown = planted?.cell === cell.id ? planted.share : 0;
  const outcome = await runChild<'time'>(
    { kind: 'time', cell, files, way, settings: { ...plan.samples, slowdown } },
    { timeoutMs: plan.settings.timeoutSeconds * 1000 },
  );
  if (watch.signal.aborted) return;
  state.takeSamples(outcome, block, startedMs);
  watch.passed('time', 1, performance.now() - start, cell.id);
}
