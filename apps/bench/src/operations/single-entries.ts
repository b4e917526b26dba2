import { statSync } from 'node:fs';
import { fileSource, type OpenFile } from '@formatlab/core';
import { readAccess } from '../datasets/make-dataset.js';
import type { CellSetup } from '../measure/setup.js';
import type { FileOperation, Wrap } from './operation.js';
import { timedSource } from './timed-io.js';
import { stagesOf } from './whole-file.js';

/** Opens the file, reads one entry or row, closes it. */
export const readOne: FileOperation = (setup, wrap) => {
  const place = readAccess(setup.files.access).readOne[setup.way]!;
  return readingTask(setup, wrap, async (file) => {
    await file.read(place.path, place.slice === undefined ? undefined : { slice: place.slice });
  });
};

/** Opens the file once and reads every entry by its name. */
export const readEach: FileOperation = (setup, wrap) => {
  const { names } = readAccess(setup.files.access);
  return readingTask(setup, wrap, async (file) => {
    for (const name of names) await file.read(name);
  });
};

function readingTask(
  setup: CellSetup,
  wrap: Wrap,
  use: (file: OpenFile) => Promise<void>,
): ReturnType<FileOperation> {
  const { lab, call, files } = setup;
  return {
    async run() {
      const start = performance.now();
      const { source, spent } = timedSource(() => fileSource(files.input));
      const file = await lab.open(wrap.source(source), call);
      await use(file);
      await file.close();
      await source.close();
      return stagesOf(start, spent());
    },
    after: () => statSync(files.input).size,
  };
}
