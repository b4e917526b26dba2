import { NDArray, ndarray, table } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { sqlite } from '../src/index.js';

conformance(sqlite, {
  runner: { describe, it },
  samples: {
    'tables, arrays and values by name': {
      people: table([
        { id: 1n, name: 'Ada', score: 1.5, member: true },
        { id: 2n ** 62n, name: 'né', score: Number.NaN, member: false },
      ]),
      run: { temps: ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]), unit: 'K' },
      counter: 23,
    },
    'names that differ by case': { a: 1, A: 2, t: table({ x: ['a'], X: ['b'] }), T: table({ x: [1] }) },
    'a large array in column order': new NDArray({
      dtype: 'int32',
      shape: [70, 30],
      data: new Int32Array(2100).map((_, i) => i),
      order: 'F',
    }),
  },
});
