import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { isNDArray, type NDArray } from '@formatlab/core';
import type { Side, SideInput } from './side.js';

/** The library that HDF5's plugin falls back on, used directly on a file: one array, or a record of them. */
export async function h5wasm({ value, operation, folder }: SideInput): Promise<Side> {
  const { Dataset, default: library, File } = await import('h5wasm/node');
  await library.ready;
  const path = join(folder, 'direct.h5');
  // Workloads of these goals are one array or a record of float64 arrays.
  const arrays = isNDArray(value) ? { data: value } : (value as { readonly [name: string]: NDArray });
  const write = (): void => {
    const file = new File(path, 'w');
    for (const [name, { data, shape }] of Object.entries(arrays))
      file.create_dataset({ name, data: data as Float64Array, shape: [...shape], dtype: '<d' });
    file.close();
  };
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const file = new File(path, 'r');
      const found = file.keys().map((name) => {
        const item = file.get(name);
        return item instanceof Dataset ? item.value : undefined;
      });
      file.close();
      return found.length === 1 ? found[0] : found;
    },
  };
}
