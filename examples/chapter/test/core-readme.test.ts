import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, ndarray, table } from '@formatlab/core';
import { json } from '@formatlab/json';
import { numpy } from '@formatlab/numpy';
import { expect, it } from 'vitest';

it("the example of core's README works", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const npy = join(folder, 'temps.npy');
  const lab = createLab([json, numpy]);
  await lab.save(npy, ndarray(new Float64Array(6), [2, 3]));
  const temps = await lab.load(npy);
  expect(firstDifference(temps, ndarray(new Float64Array(6), [2, 3]))).toBeUndefined();
  const { losses } = await lab.convert(npy, join(folder, 'temps.json.gz'));
  expect(losses).toEqual([]);
  const plan = await lab.plan(table({ id: [1n, 2n], name: ['a', null] }), 'json');
  expect(plan).toMatchObject({ losses: [] });
  const file = await lab.open(`${npy}#[0:1,:]`);
  expect(firstDifference(await file.read(), ndarray(new Float64Array(3), [1, 3]))).toBeUndefined();
  await file.close();
  rmSync(folder, { recursive: true });
});
