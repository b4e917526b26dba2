import { type Entry, isNDArray } from '@formatlab/core';
import { lab } from './lab.js';

/** Opens the entry `data` and prints rows, type, size and shape; then the same of its first row. */
export async function check(path: string, print = console.log): Promise<void> {
  const file = await lab.open(path);
  const data = (await file.entries()).find((entry: Entry) => entry.path === '/data' || entry.path === '');
  if (data === undefined) throw new Error(`check '${path}': there is no entry 'data'`);
  for (const slice of [undefined, '0']) {
    const array = await file.read(data.path, { slice });
    if (isNDArray(array))
      print(
        `rows ${array.shape[0]}, type ${array.dtype}, size ${array.size}, shape ${array.shape.join('×')}`,
      );
  }
  await file.close();
}
