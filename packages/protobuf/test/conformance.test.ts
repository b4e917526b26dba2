import { ndarray } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { protobuf } from '../src/index.js';

conformance(protobuf, {
  runner: { describe, it },
  samples: {
    'arrays in a tree': { deep: [{ x: ndarray(new Float32Array([1, -0])), label: 'é' }] },
    'integers of any size': [0n, -1n, 127n, 128n, -129n, 2n ** 63n, -(2n ** 63n), 2n ** 64n, -(2n ** 200n)],
  },
});
