import { readFileSync } from 'node:fs';
import { type Format, fileSink, fileSource } from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { conformanceTests } from '../src/index.js';
import { toy } from './toy/format.js';

/** An engine that opens the file itself, behind the back of the counting source. */
const ownPath: Format = {
  ...toy,
  io: 'path',
  open: (source, context) => toy.open!(fileSource(source.path!), context),
  edit: async (sink, context) => {
    const file = fileSink(sink.path!);
    const editor = await toy.edit!(file, context);
    return { ...editor, close: () => file.close() };
  },
};
const greedy: Format = {
  ...ownPath,
  open: (source, context) => {
    readFileSync(source.path!);
    return toy.open!(fileSource(source.path!), context);
  },
};
const counts = process.platform === 'linux';

describe('an engine that opens the path itself', () => {
  const names = [
    'grade: list by index',
    'grade: read one by seek',
    'grade: append by footer: an entry',
    'read: every entry is its part of the whole',
    'edit: an entry is added',
    'edit: without commit the file stays as it was',
  ];
  const run = (format: Format, name: string) =>
    conformanceTests(format)
      .find((test) => test.name === name)!
      .run();

  it.each(names)('passes %s', (name) => run(ownPath, name));

  it.runIf(counts)('is caught reading the whole file, where the system counts', async () => {
    await expect(run(greedy, 'grade: list by index')).rejects.toThrow(/touched \d+ bytes/);
  });
});
