import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, ndarray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { pickle } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'run.pkl');
  const lab = createLab([pickle]);
  const value = { temps: ndarray(new Float64Array([1.5, 2])), label: 'first' };
  await lab.save(path, value);
  expect(firstDifference(await lab.load(path), value)).toBeUndefined();
  rmSync(folder, { recursive: true });
});
