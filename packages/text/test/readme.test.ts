import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, ndarray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { text } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'temps.txt');
  const lab = createLab([text]);
  const temps = ndarray(new Float64Array([1, 2.5, 3, 4]), [2, 2]);
  await lab.save(path, temps, { options: { header: 'inside outside' } });
  expect(firstDifference(await lab.load(path), temps)).toBeUndefined();

  const file = await lab.edit(path);
  await file.append('', ndarray(new Float64Array([5, 6.5])));
  await file.commit();
  await file.close();
  const outside = await lab.load(path, { options: { usecols: 1 } });
  expect(firstDifference(outside, ndarray(new Float64Array([2.5, 4, 6.5])))).toBeUndefined();
  rmSync(folder, { recursive: true });
});
