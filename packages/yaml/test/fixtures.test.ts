import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createLab, firstDifference, isFormatError } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { yaml } from '../src/index.js';
import { described, withoutFloats } from './described.js';

const folder = new URL('fixtures/', import.meta.url);
const lab = createLab([yaml]);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));

describe('files of other implementations', () => {
  it.each(files)('%s holds what Python says', async (file) => {
    const { options, value } = expectedOf(file);
    const found = await lab.decode(readFileSync(new URL(file, folder)), { format: 'yaml', options });
    expect(described(found)).toEqual(withoutFloats(value));
  });

  it.each(files)('%s comes back the same when written again with tags', async (file) => {
    const { options } = expectedOf(file);
    const value = await lab.decode(readFileSync(new URL(file, folder)), { format: 'yaml', options });
    const again = await lab.encode(value, 'yaml', { options: { engine: 'typed' } });
    expect(
      firstDifference(value, await lab.decode(again, { format: 'yaml', options: { engine: 'typed' } })),
    ).toBeUndefined();
  });

  it('nothing of them is executed', () => {
    expect(existsSync('owned')).toBe(false);
  });
});

describe('damaged files', () => {
  it.each(files)('%s, cut anywhere, is read or refused', async (file) => {
    const bytes = readFileSync(new URL(file, folder));
    for (let length = 0; length < bytes.length; length += 7) {
      try {
        await lab.decode(bytes.subarray(0, length), { format: 'yaml' });
      } catch (error) {
        if (!isFormatError(error)) throw error;
      }
    }
  });
});

function expectedOf(file: string): {
  readonly options: Readonly<Record<string, unknown>>;
  readonly value: unknown;
} {
  return JSON.parse(readFileSync(new URL(`${file}.json`, folder), 'utf8'));
}
