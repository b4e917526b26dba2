import { statSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, isFormatError, ndarray, type Value } from '@formatlab/core';
import { lab } from './lab.js';

/** Many random arrays in one file of every format: written, read back whole, then one at a time by name. */
export async function manyArrays(
  folder: string,
  count = 3,
  rows = 2,
  columns = 4,
  print = console.log,
): Promise<void> {
  const random = () => ndarray(Float64Array.from({ length: rows * columns }, Math.random), [rows, columns]);
  const arrays = Object.fromEntries(Array.from({ length: count }, (_, i) => [`array${i}`, random()]));
  for (const format of lab.formats.all) {
    const path = join(folder, `arrays${format.id === 'numpy' ? '.npz' : format.extensions[0]}`);
    try {
      await lab.save(path, arrays);
      const whole = firstDifference(await lab.load(path), arrays) === undefined;
      const single = await oneByOne(path, arrays);
      print(
        `${format.id}: ${statSync(path).size} bytes, ${whole && single ? 'the same' : 'NOT the same'}, one array: ${format.can.readOne}`,
      );
    } catch (error) {
      if (!isFormatError(error)) throw error;
      print(`${format.id}: ${error.message}`);
    }
  }
}

/** Opens the file anew for each array and reads only that one. */
async function oneByOne(path: string, arrays: { readonly [name: string]: Value }): Promise<boolean> {
  for (const [name, array] of Object.entries(arrays)) {
    if (firstDifference(await lab.load(`${path}#/${name}`), array) !== undefined) return false;
  }
  return true;
}
