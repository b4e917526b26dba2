import { ndarray } from '@formatlab/core';
import { conformance } from '@formatlab/testkit';
import { describe, it } from 'vitest';
import { msgpack } from '../src/index.js';

conformance(msgpack, {
  runner: { describe, it },
  sequence: { stream: true },
  samples: { 'arrays in a tree': { deep: [{ x: ndarray(new Float32Array([1, -0])), label: 'é' }] } },
});
