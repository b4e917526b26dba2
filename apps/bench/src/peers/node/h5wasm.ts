import type { NDArray } from '@formatlab/core';
import { type NamedArray, namedArray, namedArrays, valueOfArrays } from '../arrays.js';
import { arraysOfOutline, isFloat64 } from '../outline.js';
import { type NodePeer, peerWork } from '../peer.js';

/** Datasets of float64, one array each. */
export async function h5wasm(): Promise<NodePeer> {
  const { Dataset, default: library, File } = await import('h5wasm/node');
  await library.ready;
  type OpenFile = InstanceType<typeof File>;
  const put = (file: OpenFile, { name, data, shape }: NamedArray): void => {
    file.create_dataset({ name, data, shape: [...shape], dtype: '<d' });
  };
  const get = (file: OpenFile, name: string): Float64Array => {
    const item = file.get(name);
    if (!(item instanceof Dataset)) throw new RangeError(`read '${name}': there is no such dataset`);
    return item.value as Float64Array; // the type that was written
  };
  return (outline) => {
    if (!isFloat64(outline)) return undefined;
    return peerWork({
      given: namedArrays,
      write(path, arrays) {
        const file = new File(path, 'w');
        for (const array of arrays) put(file, array);
        file.close();
      },
      read(path) {
        const file = new File(path, 'r');
        const found = arraysOfOutline(outline).map(({ name }) => get(file, name));
        file.close();
        return found;
      },
      value: (found) => valueOfArrays(outline, found),
      readOne(path, name) {
        const file = new File(path, 'r');
        const found = get(file, name);
        file.close();
        return found;
      },
      append(path, name, array: NDArray) {
        const file = new File(path, 'a');
        put(file, namedArray(name, array));
        file.close();
      },
    });
  };
}
