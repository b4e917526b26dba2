import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { float64Of, type Side, type SideInput, shapeOf } from './side.js';

/** The library that HDF5's plugin is made with, used directly on a file. */
export async function h5wasm({ value, operation, folder }: SideInput): Promise<Side> {
  const { Dataset, default: library, File } = await import('h5wasm/node');
  await library.ready;
  const path = join(folder, 'direct.h5');
  const data = float64Of(value);
  const shape = [...shapeOf(value)];
  const write = (): void => {
    const file = new File(path, 'w');
    file.create_dataset({ name: 'data', data, shape, dtype: '<d' });
    file.close();
  };
  if (operation === 'write') return { run: write, after: () => rmSync(path) };
  write();
  return {
    run() {
      const file = new File(path, 'r');
      const found = file.get('data');
      const numbers = found instanceof Dataset ? found.value : undefined;
      file.close();
      return numbers;
    },
  };
}
