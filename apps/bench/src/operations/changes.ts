import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileSink } from '@formatlab/core';
import { readAccess } from '../datasets/make-dataset.js';
import { type CellSetup, saveOptions } from '../measure/setup.js';
import type { Change } from '../workloads/workload.js';
import type { FileOperation, Wrap } from './operation.js';

/** Adds one entry, or 1 % more rows, to a copy of the file. */
export const append: FileOperation = (setup, wrap) =>
  changingTask(setup, wrap, readAccess(setup.files.access).append[setup.way]!);

/** Replaces one entry of a copy of the file. */
export const update: FileOperation = (setup, wrap) =>
  changingTask(setup, wrap, readAccess(setup.files.access).update[setup.way]!);

function changingTask(setup: CellSetup, wrap: Wrap, change: Change): ReturnType<FileOperation> {
  const path = join(setup.files.work, 'changed');
  return {
    before: () => copyFileSync(setup.files.input, path),
    async run() {
      await applyChange(setup, path, change, wrap);
      return {};
    },
    after() {
      const { size } = statSync(path);
      rmSync(path);
      return size;
    },
  };
}

/** Opens the file, makes the change, commits and closes. */
export async function applyChange(setup: CellSetup, path: string, change: Change, wrap: Wrap): Promise<void> {
  const sink = wrap.sink(fileSink(path, { create: false }));
  try {
    const editor = await setup.lab.edit(sink, saveOptions(setup, setup.cell));
    await (change.how === 'put'
      ? editor.put(change.path, change.value)
      : editor.append(change.path, change.value));
    const commit = await editor.commit();
    wrap.committed?.(commit);
    await editor.close();
  } finally {
    await sink.close();
  }
}
