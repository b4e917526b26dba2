import { createLab, firstDifference, ndarray, type Table, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeSqlite, encodeSqlite, sqlite } from '../src/index.js';
import { testFolder } from './folder.js';

const at = testFolder();

it('the example of the README works', async () => {
  const path = at('run.sqlite');
  const lab = createLab([sqlite]);
  const value = {
    people: table([
      { name: 'Ada', born: 1815 },
      { name: 'Alan', born: 1912 },
    ]),
    temps: ndarray(new Float64Array([1, 2, 3, 4]), [2, 2]),
  };
  await lab.save(path, value);
  const firstRow = await lab.load(`${path}#/temps[0]`);
  expect(firstDifference(firstRow, ndarray(new Float64Array([1, 2])))).toBeUndefined();

  const file = await lab.edit(path);
  await file.append('/people', table([{ name: 'Grace', born: 1906 }]));
  await file.commit();
  await file.close();
  expect(((await lab.load(`${path}#/people`)) as Table).rows).toBe(3);
  expect(firstDifference(decodeSqlite(encodeSqlite(value)), value)).toBeUndefined();
});
