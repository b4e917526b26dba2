import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, isRecord, ndarray } from '@formatlab/core';
import { expect, it } from 'vitest';
import { marshal } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'run.marshal');
  const lab = createLab([marshal]);
  await lab.save(path, { title: 'first', temps: ndarray(new Float64Array([1, 2.5, 3, 4]), [2, 2]) });
  const run = await lab.load(path);
  expect(isRecord(run) && run['title']).toBe('first');
  expect(
    isRecord(run) && firstDifference(run['temps']!, ndarray(new Float64Array([1, 2.5, 3, 4]), [2, 2])),
  ).toBeUndefined();
  rmSync(folder, { recursive: true });
});
