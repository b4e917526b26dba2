import { type NoiseRecord, RESULT_SCHEMA } from '../results/record.js';
import { medianRatio, pairsOf, ratioInterval } from '../statistics/bootstrap.js';
import { randomItem, seededRandom } from '../statistics/random.js';
import type { CellState, RunFrame } from './cell-state.js';

/** A cell, and the same cell under a second name. */
export interface Twins {
  readonly first: CellState;
  readonly second: CellState;
}

/** Draws one of the measurable cells to be timed twice in each block; the same one for the same seed and cells. */
export function twinsOf(
  states: readonly CellState[],
  seed: number,
  earlier: NoiseRecord | undefined,
): Twins | undefined {
  const measurable = states.filter((state) => state.isMeasurable);
  if (measurable.length === 0) return undefined;
  const first =
    measurable.find(({ cell }) => cell.id === earlier?.cell) ?? randomItem(seededRandom(seed), measurable);
  const second = first.twin();
  if (earlier?.cell === first.cell.id) second.restoreProcesses(earlier.processes);
  return { first, second };
}

/** What both say so far; undefined before they share a block. */
export function noiseRecord({ first, second }: Twins, frame: RunFrame): NoiseRecord | undefined {
  const pairs = pairsOf(second.processes, first.processes);
  if (pairs.length === 0) return undefined;
  const ratio = medianRatio(pairs);
  return {
    kind: 'noise',
    schema: RESULT_SCHEMA,
    run: frame.run,
    machine: frame.machine,
    cell: first.cell.id,
    processes: second.processes,
    ratio,
    interval95: ratioInterval(pairs) ?? null,
    share: Math.abs(ratio - 1),
  };
}
