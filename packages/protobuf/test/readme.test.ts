import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, isTable, ndarray, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeProtobuf, encodeProtobuf, protobuf } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const lab = createLab([protobuf]);
  await lab.save(join(folder, 'run.pb'), {
    temps: ndarray(new Float64Array([20.5, 21])),
    title: 'first run',
  });
  const schema = `syntax = "proto3";
    message City { string name = 1; int64 people = 2; }`;
  const options = { schema, stream: true };
  const cities = table({ name: ['Bern', 'Chur'], people: new BigInt64Array([134_000n, 38_000n]) });
  const path = join(folder, 'cities.pb');
  await lab.save(path, cities, { options });
  const back = await lab.load(path, { options });
  expect(isTable(back) && back.rows).toBe(2);
  const bytes = encodeProtobuf({ name: 'Bern', people: 134_000n }, { schema });
  expect({ ...(decodeProtobuf(bytes, { schema }) as object) }).toEqual({ name: 'Bern', people: 134_000n });
  rmSync(folder, { recursive: true });
});
