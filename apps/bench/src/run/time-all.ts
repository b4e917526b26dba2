import { runChild } from '../processes/run-child.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Watch } from './watch.js';

/**
 * Times in blocks: each block has every cell once, in a random order of its own, one process at a time. After the
 * blocks that every cell is given, only those go on whose intervals are still wide. The first block is always
 * completed; later ones end when the time is up.
 *
 * @param teams cells that are compared block by block: all of a team go on while one of them has to
 * @param timed called after each process
 * @param sideBySide whether those of a team follow each other, in random order, and not anywhere in the block
 */
export async function timeAll(
  teams: readonly (readonly CellState[])[],
  plan: RunPlan,
  watch: Watch,
  timed: (state: CellState) => void,
  sideBySide = false,
): Promise<void> {
  const random = seededRandom(plan.seed);
  const { repeats, mostRepeats = repeats } = plan.settings;
  const all = teams.map((team) => team.map((state) => ({ state, team })));
  for (let block = 0; block < mostRepeats; block++) {
    const goesOn = new Set(teams.filter((team) => block < repeats || !isSettled(team, block)));
    // Drawn from all cells, so that an interrupted run goes on in the same order.
    const order = sideBySide
      ? shuffled(all, random).flatMap((team) => shuffled(team, random))
      : shuffled(all.flat(), random);
    if (![...goesOn].some((team) => team.some((state) => state.isMeasurable))) return;
    for (const { state, team } of order) {
      if (watch.signal.aborted || (block > 0 && watch.isOver)) return;
      if (!goesOn.has(team) || !state.isMeasurable || state.hasBlock(block)) continue;
      await timeOnce(state, block, plan, watch);
      if (watch.signal.aborted) return;
      timed(state);
    }
  }
}

/** By what the blocks before `block` say: a run that was interrupted within a block decides as it would have. */
function isSettled(team: readonly CellState[], block: number): boolean {
  return team.every((state) => !state.isMeasurable || state.isSettledBefore(block));
}

async function timeOnce(state: CellState, block: number, plan: RunPlan, watch: Watch): Promise<void> {
  const start = watch.elapsedMs;
  const { cell, files, way, slowdown } = state;
  const outcome = await runChild<'time'>(
    { kind: 'time', cell, files, way, settings: { ...plan.samples, slowdown } },
    { timeoutMs: plan.settings.timeoutSeconds * 1000 },
  );
  if (watch.signal.aborted) return;
  state.takeSamples(outcome, block, start);
  watch.passed('time', 1, watch.elapsedMs - start, cell.id);
}
