import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killAllChildren } from '../processes/run-child.js';
import type { ResultRecord, RunRecord } from '../results/record.js';
import { continuedResultsFile, newResultsFile, type ResultsFile } from '../results/results-file.js';
import type { CellState } from './cell-state.js';
import { checkAll } from './check-all.js';
import { measureColdReads } from './cold-of-all.js';
import { makeDatasets } from './datasets.js';
import { frameOf, headerRecords } from './header.js';
import { measureMemoryOfAll } from './memory-of-all.js';
import type { RunPlan } from './plan.js';
import { newProgress, type Progress } from './progress.js';
import { restoreStates } from './resume.js';
import { makeStates } from './states.js';
import { timeAll } from './time-all.js';
import { noiseRecord, twinsOf } from './twin.js';
import { Watch } from './watch.js';

export interface RunOutcome {
  readonly resultsPath: string;
  readonly records: readonly ResultRecord[];
  readonly interrupted: boolean;
}

/** What a run has while it goes on. */
export interface RunStage {
  /** For the run's files; it goes with the run. */
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly progress: Progress;
}

/**
 * Makes the data, checks every cell, measures memory, then times in blocks. What is known is in the results
 * file at every moment; an interrupt ends the run with what it has.
 *
 * @throws FormatError when the user's file cannot be read, or the results not be written
 */
export async function runSuite(plan: RunPlan, showProgress = true): Promise<RunOutcome> {
  return onStage(plan, showProgress, async ({ folder, signal, progress }) => {
    const { cells, datasets } = await makeDatasets(plan, folder);
    const frame = frameOf(plan);
    const states = makeStates(cells, datasets, folder, frame, plan.settings.planted);
    const spentMs = restoreStates(states, plan);
    const results = beginResults(plan);
    const [run, ...formats] = await headerRecords({ ...plan, cells }, frame);
    for (const record of [run, ...formats]) results.add(record);
    const watch = new Watch(states, plan, progress, signal, { spentMs });
    await checkAll(states, plan, watch, results);
    await measureMemoryOfAll(states, plan, watch, results);
    if (plan.settings.cold === true) await measureColdReads(states, plan, watch, results);
    const twins = twinsOf(states, plan.seed, plan.earlier?.noise);
    if (twins !== undefined) watch.add([twins.second]);
    const teams = states.map((state): CellState[] =>
      state === twins?.first ? [twins.first, twins.second] : [state],
    );
    const addNoise = (): void => {
      const noise = twins === undefined ? undefined : noiseRecord(twins, frame);
      if (noise !== undefined) results.add(noise);
    };
    await timeAll(teams, plan, watch, (state) => {
      if (state !== twins?.second) results.add(state.record());
      if (state === twins?.first || state === twins?.second) addNoise();
    });
    for (const state of states) results.add(state.record());
    addNoise();
    if (!signal.aborted) results.add(ended(run, watch));
    return { resultsPath: results.path, records: results.compact(), interrupted: signal.aborted };
  });
}

/** Does `work` with a folder and a signal that a run needs, and puts both away. */
export async function onStage<T>(
  plan: RunPlan,
  showProgress: boolean,
  work: (stage: RunStage) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(plan.temp, 'formatlab-bench-'));
  const stop = new AbortController();
  const interrupt = (): void => {
    stop.abort();
    killAllChildren();
  };
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const progress = newProgress(process.stderr, showProgress);
  try {
    return await work({ folder, signal: stop.signal, progress });
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    rmSync(folder, { recursive: true, force: true });
  }
}

function ended(run: RunRecord, { elapsedMs, predictions }: Watch): RunRecord {
  return { ...run, elapsedMs: Math.round(elapsedMs), predictions };
}

function beginResults({ out, earlier }: RunPlan): ResultsFile {
  const path = join(out, 'results.jsonl');
  if (earlier === undefined) return newResultsFile(path);
  const { run, cells, noise } = earlier;
  return continuedResultsFile(path, [run, ...cells.values(), ...(noise === undefined ? [] : [noise])]);
}
