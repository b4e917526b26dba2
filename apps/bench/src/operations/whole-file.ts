import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileSource } from '@formatlab/core';
import { readDataset } from '../datasets/dataset-file.js';
import { saveOptions } from '../measure/setup.js';
import type { FileOperation } from './operation.js';
import { timedSource, timedTarget } from './timed-io.js';

/** The whole value to a new file. */
export const write: FileOperation = (setup, wrap) => {
  const value = readDataset(setup.files.dataset);
  const options = saveOptions(setup, setup.cell);
  const path = join(setup.files.work, 'written');
  return {
    async run() {
      const start = performance.now();
      const target = timedTarget(path);
      await setup.lab.save(wrap.sink(target.sink), value, options);
      const end = performance.now();
      return { encode: target.encodedAt() - start, write: end - target.encodedAt() };
    },
    after() {
      const { size } = statSync(path);
      rmSync(path);
      return size;
    },
  };
};

/** The whole file to a value. */
export const read: FileOperation = (setup, wrap) => {
  const { lab, call, files } = setup;
  return {
    async run() {
      const start = performance.now();
      const { source, spent } = timedSource(() => fileSource(files.input));
      await lab.load(wrap.source(source), call);
      await source.close();
      return stagesOf(start, spent());
    },
    after: () => statSync(files.input).size,
  };
};

/** Of an operation that began at `start` and is over now. */
export function stagesOf(start: number, reading: number): { read: number; decode: number } {
  return { read: reading, decode: performance.now() - start - reading };
}
