import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, isTable, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { yaml } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const lab = createLab([yaml]);
  const rows = table({ x: new Float64Array([1, 2.5]), name: ['a', 'b'] });
  const path = join(folder, 'rows.yaml');
  await lab.save(path, rows);
  expect(isTable(await lab.load(path))).toBe(true);
  const exact = join(folder, 'exact.yaml');
  await lab.save(exact, new Date(0), { options: { engine: 'typed' } });
  expect(await lab.load(exact, { options: { engine: 'typed' } })).toEqual(new Date(0));
  rmSync(folder, { recursive: true });
});
