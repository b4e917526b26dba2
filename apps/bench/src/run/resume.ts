import { join } from 'node:path';
import { FormatError } from '@formatlab/core';
import { thisMachine } from '../results/machine.js';
import type { CellRecord } from '../results/record.js';
import { readResults } from '../results/results-file.js';
import type { CellState } from './cell-state.js';
import type { EarlierRun, RunPlan } from './plan.js';

/**
 * The last run whose results are in a folder.
 *
 * @throws FormatError `not-found` where there is none, `unsupported` where it was on another machine
 */
export function earlierRun(out: string): EarlierRun {
  const path = join(out, 'results.jsonl');
  const records = readResults(path);
  const run = records.findLast((record) => record.kind === 'run');
  if (run === undefined)
    throw new FormatError('not-found', `resume '${path}': there is no run in it`, { path });
  const { fingerprint } = thisMachine();
  if (run.machine.fingerprint !== fingerprint)
    throw new FormatError(
      'unsupported',
      `resume '${path}': it was begun on another machine or version of Node.js (${run.machine.fingerprint}, this is ${fingerprint})`,
      { path },
    );
  const own = records.filter((record) => record.run === run.run);
  const cells = own.filter((record): record is CellRecord => record.kind === 'cell');
  return {
    run,
    cells: new Map(cells.map((record) => [record.cell, record])),
    noise: own.find((record) => record.kind === 'noise'),
  };
}

/** Gives the states what is known of them. @returns ms that the earlier run took @throws FormatError for other data */
export function restoreStates(states: readonly CellState[], { earlier }: RunPlan): number {
  if (earlier === undefined) return 0;
  let spentMs = 0;
  for (const state of states) {
    const record = earlier.cells.get(state.cell.id);
    if (record === undefined) continue;
    if (record.workload.dataset.sha256 !== state.record().workload.dataset.sha256)
      throw new FormatError('unsupported', `resume '${state.cell.id}': its data have changed since`);
    state.restore(record);
    for (const { startedMs = 0, samplesMs, batch } of record.processes)
      spentMs = Math.max(spentMs, startedMs + batch * samplesMs.reduce((sum, ms) => sum + ms, 0));
  }
  return spentMs;
}
