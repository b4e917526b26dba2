import { ndarray } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { json, ndjson } from '../src/index.js';

conformance(json, {
  runner: { describe, it },
  samples: {
    'numbers by name': {
      a: ndarray(Float64Array.of(1, -0, 0.1)),
      b: ndarray(BigInt64Array.of(1n, -(2n ** 63n))),
    },
  },
});
conformance(json, { runner: { describe, it }, engine: 'typed' });
conformance(ndjson, { runner: { describe, it } });
