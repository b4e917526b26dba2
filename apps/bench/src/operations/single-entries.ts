import { readAccess } from '../datasets/make-dataset.js';
import type { FileOperation } from './operation.js';
import { readingTask } from './reading-task.js';

/** Opens the file, reads one entry or row, closes it. */
export const readOne: FileOperation = (setup, wrap) => {
  const place = readAccess(setup.files.access).readOne[setup.way]!;
  return readingTask(setup, wrap, async (source, use) => {
    const file = await setup.lab.open(source, setup.call);
    use(await file.read(place.path, place.slice === undefined ? undefined : { slice: place.slice }));
    await file.close();
  });
};

/** Opens the file once and reads every entry by its name. */
export const readEach: FileOperation = (setup, wrap) => {
  const { names } = readAccess(setup.files.access);
  return readingTask(setup, wrap, async (source, use) => {
    const file = await setup.lab.open(source, setup.call);
    for (const name of names) use(await file.read(name));
    await file.close();
  });
};
