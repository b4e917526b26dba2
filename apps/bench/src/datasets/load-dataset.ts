import { existsSync, statSync } from 'node:fs';
import { createLab, parseSelector, peelName } from '@formatlab/core';
import { formatsOfModule } from '../formats.js';
import type { DatasetFiles, DatasetResult } from '../processes/job.js';
import { keepDataset } from './make-dataset.js';

interface LoadJob {
  /** File, with or without a selector behind it. */
  readonly input: string;
  readonly modules: readonly string[];
  /** Undefined: the file's content decides. */
  readonly format: string | undefined;
  readonly files: DatasetFiles;
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
  const value = await lab.load(job.input, { format: format.id });
  const found = { format: format.id, compression, fileBytes: statSync(path).size };
  return { ...keepDataset({ id: 'file', parameters: {} }, value, job.files), found };
}
