import { NDArray, ndarray, Tagged } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { matlab } from '../src/index.js';

const samples = {
  'named arrays': { x: ndarray(new Float64Array([1, 2, 3])), s: ndarray(['é', '']) },
  'a large array in column order': new NDArray({
    dtype: 'int32',
    shape: [70, 30],
    data: new Int32Array(2100).map((_, i) => i),
    order: 'F',
  }),
  'four dimensions of int64': {
    n: new NDArray({
      dtype: 'int64',
      shape: [3, 40, 2, 50],
      data: BigInt64Array.from({ length: 12000 }, (_, i) => BigInt(i) << 33n),
    }),
  },
  'a sparse matrix': {
    s: new Tagged('sparse', {
      shape: [3, 2],
      indices: ndarray(Int32Array.of(0, 2, 1)),
      indptr: ndarray(Int32Array.of(0, 2, 3)),
      data: ndarray(new Float64Array([1, 2.5, -3])),
    }),
  },
};

conformance(matlab, {
  runner: { describe, it },
  child: { url: new URL('../dist/index.js', import.meta.url).href, exportName: 'matlab' },
  samples,
});

describe('compressed', () => {
  conformance(matlab, { runner: { describe, it }, options: { compress: true }, samples });
});
