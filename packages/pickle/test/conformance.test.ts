import { ndarray, Pairs, Tagged } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { pickle } from '../src/index.js';

conformance(pickle, {
  runner: { describe, it },
  sequence: { stream: true },
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
      new Tagged('date', '2024-02-29'),
      new Tagged('time', '23:59:59.000001'),
      new Tagged('time', '01:02:03', { zone: '+05:30' }),
      new Tagged('datetime', '2024-02-29T01:02:03.000004'),
      new Tagged('datetime', '2024-10-27T02:30:00', { zone: 'Europe/Berlin', fold: 1 }),
      new Tagged('datetime', '0001-01-01T00:00:00.000001', { zone: 'UTC' }),
      new Tagged('zoneinfo', 'Europe/Berlin'),
      new Tagged('uuid', '12345678-1234-5678-1234-567812345678'),
      new Tagged('path', ['a', 'b.txt'], { class: 'PurePosixPath' }),
      new Tagged('counter', { a: 2 }),
      new Tagged(
        'defaultdict',
        { a: [1] },
        { factory: new Tagged('global', { module: 'builtins', name: 'list' }) },
      ),
      new Tagged('date', '2024-02-30'),
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
