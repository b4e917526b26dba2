import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createLab, firstDifference, isFormatError } from '@formatlab/core';
import { describe, expect as expectThat, it } from 'vitest';
import { inspectPickle, pickle } from '../src/index.js';
import { described, expected } from './described.js';

const folder = new URL('fixtures/', import.meta.url);
const lab = createLab([pickle]);
const files = readdirSync(folder).filter((name) => name.endsWith('.pkl'));
const bytesOf = (file: string): Uint8Array => readFileSync(new URL(file, folder));

describe('files of Python 2.7 to 3.13, NumPy 1 and 2, pandas', () => {
  it.each(files)('%s holds what Python says', async (file) => {
    const told: unknown = JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
    expectThat(described(await lab.decode(bytesOf(file)))).toEqual(expected(told));
  });

  it.each(files)('%s comes back the same when written again', async (file) => {
    const value = await lab.decode(bytesOf(file));
    const again = await lab.decode(await lab.encode(value, 'pickle'));
    expectThat(firstDifference(value, again)).toBeUndefined();
  });

  it.each(files.filter((file) => file.includes('classes')))(
    '%s: the report names what Python would call',
    (file) => {
      const { globals, calls } = inspectPickle(bytesOf(file));
      expectThat(
        globals.some(({ module, name }) => name === 'system' && /^(?:posix|nt|os)$/.test(module)),
      ).toBe(true);
      expectThat(calls.length).toBeGreaterThan(5);
      expectThat(existsSync('owned')).toBe(false);
    },
  );

  it.each(files)('%s, cut anywhere, is refused', async (file) => {
    const bytes = bytesOf(file);
    for (let length = 0; length < bytes.length; length += 1 + (bytes.length >> 6)) {
      const problem = await lab.decode(bytes.subarray(0, length), { format: 'pickle' }).then(
        () => 'was read',
        (error: unknown) => (isFormatError(error) ? undefined : error),
      );
      expectThat(problem, `${length} bytes`).toBeUndefined();
    }
  });
});
