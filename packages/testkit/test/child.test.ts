import type { Format } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { conformanceTests } from '../src/index.js';

const URL_OF_FORMATS = new URL('./child/bad-formats.mjs', import.meta.url);
// JavaScript without declarations.
const formats = (await import(URL_OF_FORMATS.href)) as Readonly<Record<string, Format>>;

function attack(exportName: string, deadlineMs = 1000): Promise<void> {
  const child = { url: URL_OF_FORMATS, exportName };
  const tests = conformanceTests(formats[exportName]!, { child, deadlineMs, small: ['one', 'two'] });
  return tests.find((test) => test.name === 'hostile: cut files')!.run();
}

describe('damaged files in a child process', () => {
  it('pass with a sound format', () => attack('sound', 10_000), 30_000);

  it('kill the process of a format that hangs, and name the input', async () => {
    await expect(attack('hangs')).rejects.toThrow(/the first 0 of 15 bytes: hangs: the process was killed/);
  }, 30_000);

  it('name the input that ends the process', async () => {
    await expect(attack('exits')).rejects.toThrow(
      /the first 0 of 15 bytes: ended the process with exit code 3/,
    );
  }, 30_000);

  it('name the input that eats the memory', async () => {
    await expect(attack('devours', 20_000)).rejects.toThrow(
      /the first 0 of 15 bytes: ended the process with SIG\w+/,
    );
  }, 60_000);

  it('say so when the module does not export the format', async () => {
    const tests = conformanceTests(formats['sound']!, {
      child: { url: URL_OF_FORMATS, exportName: 'missing' },
      small: [],
    });
    const run = tests.find((test) => test.name === 'hostile: cut files')!.run();
    await expect(run).rejects.toThrow(/it exports no 'missing'/);
  });
});
