import { existsSync, statSync } from 'node:fs';
import { createLab, isNDArray, isTable, parseSelector, peelName, type Value } from '@formatlab/core';
import { formatsOfModule } from '../formats.js';
import type { DatasetFiles, DatasetResult } from '../processes/job.js';
import { keepDataset } from './make-dataset.js';
import { loadSample } from './sample.js';

interface LoadJob {
  /** File, with or without a selector behind it. */
  readonly input: string;
  readonly modules: readonly string[];
  /** Undefined: the file's content decides. */
  readonly format: string | undefined;
  readonly files: DatasetFiles;
  /** Only so many bytes of values, from the beginning. */
  readonly sampleBytes?: number;
}

/**
 * Loads the user's file, or what the selector names, and keeps it for the other processes.
 *
 * @throws FormatError
 */
export async function loadDataset(job: LoadJob): Promise<DatasetResult> {
  const loaded = await Promise.all(job.modules.map(formatsOfModule));
  const lab = createLab(loaded.flat().map(({ format }) => format));
  const path = existsSync(job.input) ? job.input : parseSelector(job.input).file;
  const { format, compression } =
    job.format === undefined
      ? await lab.detect(job.input)
      : { format: { id: job.format }, compression: peelName(path).compression };
  const fileBytes = statSync(path).size;
  const found = { format: format.id, compression, fileBytes };
  const spec = { id: 'file', parameters: {} };
  if (job.sampleBytes === undefined)
    return { ...keepDataset(spec, await lab.load(job.input, { format: format.id }), job.files), found };
  const { value, factor, taken } = await loadSample(lab, job.input, format.id, fileBytes, job.sampleBytes);
  return {
    ...keepDataset(spec, value, job.files),
    found: { ...found, factor, taken, what: describe(value) },
  };
}

/** `table of 6 columns`. */
function describe(value: Value): string {
  if (isTable(value)) return `table of ${value.columns.length} columns`;
  if (isNDArray(value)) return `array of ${value.dtype}`;
  return Array.isArray(value) ? 'list' : 'tree of entries';
}
