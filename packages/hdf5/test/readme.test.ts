import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, isTable, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { hdf5 } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const lab = createLab([hdf5]);
  const rows = table({ x: new Float64Array([1, 2.5]), name: ['a', 'b'] });
  const path = join(folder, 'run.h5');
  await lab.save(path, { rows }, { options: { compression: 'gzip' } });
  const first = await lab.load(`${path}#/rows[0:1]`);
  expect(isTable(first) && first.rows).toBe(1);
  rmSync(folder, { recursive: true });
});
