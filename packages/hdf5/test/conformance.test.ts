import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { hdf5 } from '../src/index.js';

const child = { url: new URL('../dist/index.js', import.meta.url).href, exportName: 'hdf5' };

conformance(hdf5, { runner: { describe, it }, child });

conformance(hdf5, {
  runner: { describe, it },
  engine: 'h5wasm',
  child,
  skip: {
    'hostile: lengths of all ones':
      'the HDF5 library allocates what a damaged length says, up to the 2 GiB that WebAssembly gives it, before it finds the fault',
  },
});
