import { ndarray, Tagged } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { marshal } from '../src/index.js';

conformance(marshal, {
  runner: { describe, it },
  samples: {
    'arrays in a tree': { deep: [{ x: ndarray(new Float32Array([1, -0])), label: 'é' }] },
    'tags of Python': [
      new Tagged('tuple', [new Tagged('tuple', []), new Tagged('complex', [1.5, -0])]),
      new Tagged('frozenset', ['a', 1, new Tagged('tuple', [1, 2])]),
      new Tagged('set', [[1], [1]]),
      new Tagged('ellipsis', null),
      new Tagged('stop-iteration', null),
      new Tagged('slice', [1, null, 2]),
    ],
  },
});
