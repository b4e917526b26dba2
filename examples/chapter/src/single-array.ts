import { statSync } from 'node:fs';
import { join } from 'node:path';
import { firstDifference, isFormatError, ndarray } from '@formatlab/core';
import { lab } from './lab.js';

/** A random array in every format, plain and under gzip: written, read back, compared, its size printed. */
export async function singleArray(folder: string, rows = 2, columns = 4, print = console.log): Promise<void> {
  const array = ndarray(Float64Array.from({ length: rows * columns }, Math.random), [rows, columns]);
  for (const format of lab.formats.all) {
    for (const suffix of ['', '.gz']) {
      const path = join(folder, `array${format.extensions[0]}${suffix}`);
      try {
        await lab.save(path, array);
        const same = firstDifference(await lab.load(path), array) === undefined;
        print(`${format.id}${suffix}: ${statSync(path).size} bytes, ${same ? 'the same' : 'NOT the same'}`);
      } catch (error) {
        if (!isFormatError(error)) throw error;
        print(`${format.id}${suffix}: ${error.message}`);
      }
    }
  }
}
