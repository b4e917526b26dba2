import { runChild } from '../processes/run-child.js';
import { seededRandom, shuffled } from '../statistics/random.js';
import type { CellState } from './cell-state.js';
import { inTurns } from './in-turns.js';
import type { RunPlan } from './plan.js';
import type { Watch } from './watch.js';

/**
 * Times in blocks: each block has every cell once, in a random order of its own, one process at a time. After the
 * blocks that every cell is given, only those go on whose intervals are still wide. The first block is always
 * completed; later ones end when the time is up.
 *
 * @param teams cells that are compared block by block: all of a team go on while one of them has to
 * @param timed called after each process
 * @param sideBySide whether the processes of a team take turns, sample by sample, and do not stand anywhere in the block
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
      ? shuffled(all, random).map((team) => shuffled(team, random))
      : shuffled(all.flat(), random).map((one) => [one]);
    if (![...goesOn].some((team) => team.some((state) => state.isMeasurable))) return;
    for (const group of order) {
      if (watch.signal.aborted || (block > 0 && watch.isOver)) return;
      const due = group
        .filter(({ state, team }) => goesOn.has(team) && state.isMeasurable && !state.hasBlock(block))
        .map(({ state }) => state);
      if (due.length > 1)
        await inTurns(
          due.map((state) => (ready) => timeOnce(state, block, plan, watch, { ready, of: due.length })),
        );
      else if (due[0] !== undefined) await timeOnce(due[0], block, plan, watch);
      if (watch.signal.aborted) return;
      for (const state of due) timed(state);
    }
  }
}

/** By what the blocks before `block` say: a run that was interrupted within a block decides as it would have. */
function isSettled(team: readonly CellState[], block: number): boolean {
  return team.every((state) => !state.isMeasurable || state.isSettledBefore(block));
}

/** One of several processes that take turns. */
interface Turns {
  readonly ready: (go: () => void) => void;
  readonly of: number;
}

async function timeOnce(
  state: CellState,
  block: number,
  plan: RunPlan,
  watch: Watch,
  turns?: Turns,
): Promise<void> {
  const start = watch.elapsedMs;
  const { cell, files, way, slowdown } = state;
  const outcome = await runChild<'time'>(
    { kind: 'time', cell, files, way, settings: { ...plan.samples, slowdown, inTurns: turns !== undefined } },
    {
      timeoutMs: plan.settings.timeoutSeconds * 1000,
      ...(turns === undefined ? {} : { onReady: turns.ready }),
    },
  );
  if (watch.signal.aborted) return;
  state.takeSamples(outcome, block, start);
  // Of processes that take turns each counts its part of the time that all took.
  watch.passed('time', 1, (watch.elapsedMs - start) / (turns?.of ?? 1), cell.id);
}
