import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, ndarray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { matlab } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'x.mat');
  const lab = createLab([matlab]);
  await lab.save(path, { a: ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]), title: 'run 3' });
  const firstRow = await lab.load(`${path}#/a[0]`);
  expect(firstDifference(firstRow, ndarray(new Float64Array([1, 2])))).toBeUndefined();

  const file = await lab.edit(path);
  await file.put('/c', ndarray(new Int32Array([7])));
  await file.commit();
  await file.close();
  expect(firstDifference(await lab.load(`${path}#/c`), ndarray(new Int32Array([7])))).toBeUndefined();
  rmSync(folder, { recursive: true });
});
