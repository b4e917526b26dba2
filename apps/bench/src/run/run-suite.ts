import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { killAllChildren } from '../processes/run-child.js';
import type { ResultRecord } from '../results/record.js';
import { continuedResultsFile, newResultsFile, type ResultsFile } from '../results/results-file.js';
import { checkAll } from './check-all.js';
import { makeDatasets } from './datasets.js';
import { frameOf, headerRecords } from './header.js';
import { measureMemoryOfAll } from './memory-of-all.js';
import type { RunPlan } from './plan.js';
import { newProgress } from './progress.js';
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

/**
 * Makes the data, checks every cell, measures memory, then times in blocks. What is known is in the results
 * file at every moment; an interrupt ends the run with what it has.
 *
 * @throws FormatError when the user's file cannot be read, or the results not be written
 */
export async function runSuite(plan: RunPlan, showProgress = true): Promise<RunOutcome> {
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
    const { cells, datasets } = await makeDatasets(plan, folder);
    const frame = frameOf(plan);
    const states = makeStates(cells, datasets, folder, frame);
    const spentMs = restoreStates(states, plan);
    const results = beginResults(plan);
    for (const record of await headerRecords({ ...plan, cells }, frame)) results.add(record);
    const watch = new Watch(states, plan, progress, stop.signal, spentMs);
    await checkAll(states, plan, watch, results);
    await measureMemoryOfAll(states, plan, watch, results);
    const twins = twinsOf(states, plan.seed, plan.earlier?.noise);
    await timeAll(states, twins, plan, frame, watch, results);
    for (const state of states) results.add(state.record());
    const noise = twins === undefined ? undefined : noiseRecord(twins, frame);
    if (noise !== undefined) results.add(noise);
    return { resultsPath: results.path, records: results.compact(), interrupted: stop.signal.aborted };
  } finally {
    progress.end();
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    rmSync(folder, { recursive: true, force: true });
  }
}

function beginResults({ out, earlier }: RunPlan): ResultsFile {
  const path = join(out, 'results.jsonl');
  if (earlier === undefined) return newResultsFile(path);
  const { run, cells, noise } = earlier;
  return continuedResultsFile(path, [run, ...cells.values(), ...(noise === undefined ? [] : [noise])]);
}
