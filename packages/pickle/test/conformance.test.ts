import { ndarray, Pairs, Tagged } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { pickle } from '../src/index.js';

conformance(pickle, {
  runner: { describe, it },
  samples: {
    'arrays in a tree': { deep: [{ x: ndarray(new Float32Array([1, -0])), label: 'é' }] },
    'types of Python': [
      new Tagged('set', [1, 'a']),
      new Tagged('frozenset', [new Tagged('tuple', [1, 2])]),
      new Tagged('complex', [1.5, -0]),
      new Tagged('bytearray', Uint8Array.of(1, 2)),
      new Tagged('global', { module: 'os', name: 'system' }),
      new Tagged('object', {
        class: new Tagged('global', { module: 'm', name: 'C' }),
        args: [1],
        state: { x: 1 },
      }),
      new Tagged(
        'ordered-dict',
        new Pairs([
          ['b', 1],
          ['a', 2],
        ]),
      ),
    ],
  },
});
