import { readdirSync, readFileSync } from 'node:fs';
import { createLab, firstDifference } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { marshal } from '../src/index.js';
import { type Described, differenceFrom } from './expected.js';

const folder = new URL('./fixtures/', import.meta.url);
const lab = createLab([marshal]);
const files = readdirSync(folder).filter((file) => /\.(?:marshal|pyc)$/.test(file));

describe('files that Python wrote', () => {
  it.each(files)('%s holds what Python says', async (file) => {
    const expected = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8')) as Described;
    const value = await lab.load(new URL(file, folder).pathname);
    expect(differenceFrom(expected, value, file.startsWith('py27'))).toBeUndefined();
  });

  it.each(files.filter((file) => !file.includes('cycles')))(
    '%s comes back the same when written again',
    async (file) => {
      const value = await lab.load(new URL(file, folder).pathname);
      const again = await lab.decode(await lab.encode(value, 'marshal'), { format: 'marshal' });
      expect(firstDifference(value, again)).toBeUndefined();
    },
  );
});
