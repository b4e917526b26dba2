import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, isTable, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { msgpack } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const lab = createLab([msgpack]);
  const rows = table({ x: new Float64Array([1, 2.5]), name: ['a', 'b'] });
  const path = join(folder, 'rows.msgpack');
  await lab.save(path, rows);
  const back = await lab.load(path);
  expect(isTable(back) && back.rows).toBe(2);
  rmSync(folder, { recursive: true });
});
