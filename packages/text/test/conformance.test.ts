import { ndarray } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { text } from '../src/index.js';

conformance(text, {
  runner: { describe, it },
  samples: {
    'one row': ndarray(Float64Array.of(1, 2, 3), [1, 3]),
    'wide integers': ndarray(BigInt64Array.of(2n ** 53n + 1n, -(2n ** 63n)), [1, 2]),
    'lines of text': ndarray(['# not a comment', 'plain', '  indented', '']),
  },
});
