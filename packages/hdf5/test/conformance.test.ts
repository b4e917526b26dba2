import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { hdf5 } from '../src/index.js';

conformance(hdf5, {
  runner: { describe, it },
  child: { url: new URL('../dist/index.js', import.meta.url).href, exportName: 'hdf5' },
});
