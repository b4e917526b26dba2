import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, type Table, table, toRows } from '@formatlab/core';
import { expect, it } from 'vitest';
import { parquet } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const path = join(folder, 'cities.parquet');
  const lab = createLab([parquet]);
  await lab.save(
    path,
    table([
      { city: 'Bern', people: 134_000 },
      { city: 'Chur', people: 38_000 },
    ]),
  );

  const file = await lab.edit(path);
  await file.append('', table([{ city: 'Genève', people: 203_000 }]));
  await file.commit();
  await file.close();

  const cities = toRows((await lab.load(`${path}#/[1:3]{city}`)) as Table);
  expect(cities.map(({ city }) => city)).toEqual(['Chur', 'Genève']);
  rmSync(folder, { recursive: true });
});
