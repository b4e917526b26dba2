import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { readDataset } from '../datasets/dataset-file.js';
import { saveOptions } from '../measure/setup.js';
import type { FileOperation } from './operation.js';
import { readingTask } from './reading-task.js';
import { timedLab } from './timed-encode.js';
import { timedTarget } from './timed-io.js';

/** The whole value to a new file. */
export const write: FileOperation = (setup, wrap) => {
  const value = readDataset(setup.files.dataset);
  const options = saveOptions(setup, setup.cell);
  const path = join(setup.files.work, 'written');
  const { lab, encodeBegan } = timedLab(setup.lab.formats.all);
  return {
    async run() {
      const start = performance.now();
      const target = timedTarget(path);
      await lab.save(wrap.sink(target.sink), value, options);
      const end = performance.now();
      const [began, encoded] = [encodeBegan(), target.encodedAt()];
      return { convert: began - start, encode: encoded - began, write: end - encoded };
    },
    after() {
      const { size } = statSync(path);
      rmSync(path);
      return size;
    },
  };
};

/** The whole file to a value. */
export const read: FileOperation = (setup, wrap) =>
  readingTask(setup, wrap, async (source, use) => use(await setup.lab.load(source, setup.call)));
