import { NDArray, ndarray } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { numpy } from '../src/index.js';

conformance(numpy, {
  runner: { describe, it },
  samples: {
    'named arrays': { x: ndarray(new Float64Array([1, 2, 3])), 'a/b': ndarray(['é', '']) },
    'a large array in column order': new NDArray({
      dtype: 'int32',
      shape: [70, 30],
      data: new Int32Array(2100).map((_, i) => i),
      order: 'F',
    }),
  },
});
