import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLab, firstDifference, table } from '@formatlab/core';
import { expect, it } from 'vitest';
import { decodeXml, xml } from '../src/index.js';

it('the example of the README works', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const lab = createLab([xml]);
  const value = {
    rows: table({ x: new Float64Array([1, 2.5]), name: ['a', 'b'] }),
    taken: new Date(0),
    'any name': 2n ** 60n,
  };
  const path = join(folder, 'run.xml');
  await lab.save(path, value);
  expect(firstDifference(value, await lab.load(path))).toBeUndefined();
  rmSync(folder, { recursive: true });
});

it('the documents of the README are what it says', () => {
  const read = (text: string, options = {}) => decodeXml(new TextEncoder().encode(text), options);
  expect(read('<book id="007"><author>A</author><author>B</author></book>')).toEqual({
    book: { '@id': '007', author: ['A', 'B'] },
  });
});
