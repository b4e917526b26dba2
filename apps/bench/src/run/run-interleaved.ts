import { FormatError } from '@formatlab/core';
import type { Plant, ResultRecord } from '../results/record.js';
import { checkAll } from './check-all.js';
import { makeDatasets } from './datasets.js';
import { frameOf } from './header.js';
import type { RunPlan } from './plan.js';
import { onStage } from './run-suite.js';
import { makeStates } from './states.js';
import { timeAll } from './time-all.js';
import { noiseRecord, twinsOf } from './twin.js';
import { Watch } from './watch.js';

/**
 * Several runs of one plan at a time: each block has every cell of every run once, the same cell of all runs one after the
 * other in random order, so that what the machine does meanwhile befalls all runs alike. The data and the check are shared, memory is left out. One cell of the
 * first run is timed twice, for the noise.
 *
 * @param plants what is slowed down in each run
 * @returns cells and noise of each run
 * @throws FormatError
 */
export async function runInterleaved(
  plan: RunPlan,
  plants: readonly (Plant | undefined)[],
): Promise<readonly (readonly ResultRecord[])[]> {
  return onStage(plan, true, async ({ folder, signal, progress }) => {
    const { cells, datasets } = await makeDatasets(plan, folder);
    const frame = frameOf(plan);
    const frames = plants.map((_, i) => ({ ...frame, run: `${frame.run}-${i + 1}` }));
    const first = makeStates(cells, datasets, folder, frames[0]!, plants[0]);
    const watch = new Watch(first, plan, progress, signal, { timesOnly: true });
    await checkAll(first, plan, watch, { add() {} });
    const runs = frames.map((frame, i) =>
      i === 0
        ? first
        : first.map((state) => state.twin(frame, state.cell.id === plants[i]?.cell ? plants[i].share : 0)),
    );
    const twins = twinsOf(first, plan.seed, undefined);
    watch.add([...runs.slice(1).flat(), ...(twins === undefined ? [] : [twins.second])]);
    const teams = first.map((state, i) => [
      ...runs.map((states) => states[i]!),
      ...(state === twins?.first ? [twins.second] : []),
    ]);
    await timeAll(teams, plan, watch, () => {}, true);
    if (signal.aborted) throw new FormatError('aborted', 'run: interrupted');
    const noise = twins === undefined ? undefined : noiseRecord(twins, frames[0]!);
    return runs.map((states, i) => [
      ...states.map((state) => state.record()),
      ...(i === 0 && noise !== undefined ? [noise] : []),
    ]);
  });
}
