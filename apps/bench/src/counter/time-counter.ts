import { copyFileSync, existsSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../cells.js';
import { readDataset } from '../datasets/dataset-file.js';
import type { GroupFiles, JobResults, MemoryResult, SampleSettings } from '../processes/job.js';
import { runChild } from '../processes/run-child.js';
import { median } from '../statistics/quantile.js';
import type { StepResult } from './step.js';

const STEP_TIMEOUT_MS = 30_000;
const FEWEST_STEPS = 3;
const MOST_STEPS = 10;

/** Each sample is a process of its own: what a command-line user waits for, without the start of Node.js. */
export async function timeCounter(
  cell: Cell,
  files: GroupFiles,
  settings: SampleSettings,
): Promise<JobResults['time']> {
  const path = join(files.work, 'counters');
  const results: StepResult[] = [];
  const start = performance.now();
  while (
    results.length < FEWEST_STEPS ||
    (results.length < MOST_STEPS && performance.now() - start < settings.sampleMs)
  ) {
    prepare(cell, files, path);
    results.push(await counterStep(cell, path, namesFor(cell, files)));
    rmSync(path, { force: true });
  }
  const totals = results.map(({ loadMs, workMs }) => loadMs + workMs);
  return {
    firstMs: median(totals),
    samplesMs: totals,
    batch: 1,
    stagesMs: { load: results.map(({ loadMs }) => loadMs), work: results.map(({ workMs }) => workMs) },
    warmupRuns: 0,
    warm: true,
    gcShare: 0,
  };
}

export async function measureCounterMemory(cell: Cell, files: GroupFiles): Promise<MemoryResult> {
  const path = join(files.work, 'counters');
  prepare(cell, files, path);
  const { memory } = await counterStep(cell, path, namesFor(cell, files), true);
  const fileBytes = statSync(path).size;
  rmSync(path);
  return { memory, io: null, fileBytes };
}

/** @throws Error with the reason when the process failed */
export async function counterStep(
  cell: Pick<Cell, 'choice'>,
  path: string,
  names: readonly string[],
  watchMemory = false,
): Promise<StepResult> {
  const outcome = await runChild<'counter'>(
    { kind: 'counter', choice: cell.choice, step: { names, watchMemory }, path },
    { timeoutMs: STEP_TIMEOUT_MS },
  );
  if (!outcome.ok) throw Object.assign(new Error(outcome.reason), { code: outcome.code });
  return outcome.result;
}

/** Names in the workload's value. */
export function counterNames(files: GroupFiles): string[] {
  return Object.keys(readDataset(files.dataset) as object);
}

function namesFor(cell: Cell, files: GroupFiles): string[] {
  const names = counterNames(files);
  if (cell.operation === 'create') return names;
  return cell.operation === 'increment' ? [names[Math.floor(names.length / 2)]!] : [];
}

function prepare(cell: Cell, files: GroupFiles, path: string): void {
  if (cell.operation !== 'create' && existsSync(files.input)) copyFileSync(files.input, path);
}
