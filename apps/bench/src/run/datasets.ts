import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ErrorCode, FormatError } from '@formatlab/core';
import { type Cell, cellOf, groupId } from '../cells.js';
import type { DatasetFiles, DatasetResult, Job } from '../processes/job.js';
import { runChild } from '../processes/run-child.js';
import type { WorkloadSpec } from '../workloads/workload.js';
import type { RunPlan } from './plan.js';

export interface MadeDataset {
  readonly result: DatasetResult;
  readonly files: DatasetFiles;
}

export interface MadeDatasets {
  /** The plan's cells; those of the user's file carry its name and format now. */
  readonly cells: readonly Cell[];
  /** By the workload's id. */
  readonly datasets: ReadonlyMap<string, MadeDataset>;
}

/**
 * Makes the data of every workload once, each in a process of its own, so that this one stays small and a
 * hostile file cannot harm it.
 *
 * @throws FormatError
 */
export async function makeDatasets(plan: RunPlan, folder: string): Promise<MadeDatasets> {
  const specs = new Map(plan.cells.map(({ workload }) => [workload.id, workload]));
  const datasets = new Map<string, MadeDataset>();
  for (const [id, workload] of specs) {
    const own = join(folder, `dataset-${id}`);
    mkdirSync(own);
    const files = { dataset: join(own, 'value'), access: join(own, 'access') };
    const job =
      id === 'file' ? loadJob(plan, files) : ({ kind: 'dataset', workload, seed: plan.seed, files } as const);
    const timeoutMs = plan.settings.timeoutSeconds * 1000;
    let outcome = await runChild<'dataset' | 'load'>(job, { timeoutMs });
    // A plugin may fail at telling whether the file is its own.
    if (
      !outcome.ok &&
      job.kind === 'load' &&
      plan.formats.formats.some(({ plugin }) => plugin !== undefined)
    ) {
      const without = await runChild<'load'>(loadJob(plan, files, false), { timeoutMs });
      if (without.ok) outcome = without;
    }
    if (!outcome.ok) throw dataError(outcome, id === 'file' ? plan.data!.input : id);
    datasets.set(id, { result: outcome.result, files });
  }
  return { cells: plan.cells.map((cell) => withFound(cell, plan, datasets.get('file')?.result)), datasets };
}

function loadJob(plan: RunPlan, files: DatasetFiles, plugins = true): Extract<Job, { kind: 'load' }> {
  const formats = plan.formats.formats.filter(({ plugin }) => plugins || plugin === undefined);
  const modules = [...new Set(formats.map(({ module }) => module))];
  const { input, format, sampleBytes } = plan.data!;
  const sample = sampleBytes === undefined ? {} : { sampleBytes };
  return { kind: 'load', input, format, modules, files, ...sample };
}

function withFound(cell: Cell, plan: RunPlan, result: DatasetResult | undefined): Cell {
  if (cell.workload.id !== 'file' || result?.found === undefined) return cell;
  const { format, compression, fileBytes, factor, taken, what } = result.found;
  const sample = factor === undefined ? {} : { factor, taken: taken ?? '', what: what ?? '' };
  const parameters = { name: basename(plan.data!.input), format, compression, bytes: fileBytes, ...sample };
  const workload: WorkloadSpec = { id: 'file', parameters };
  const group = {
    id: groupId(workload, cell.choice, cell.compression),
    workload,
    choice: cell.choice,
    compression: cell.compression,
  };
  return cellOf(group, cell.operation);
}

/** The child made the error's line; only the code has to be kept. */
function dataError(
  outcome: { readonly code: string | undefined; readonly reason: string; readonly failure: string },
  what: string,
): Error {
  if (outcome.code !== undefined) return new FormatError(outcome.code as ErrorCode, outcome.reason);
  if (outcome.failure === 'out-of-memory')
    return new FormatError('limit', `load '${what}': ${outcome.reason}`);
  return new FormatError('io', `load '${what}': ${outcome.reason}`);
}
