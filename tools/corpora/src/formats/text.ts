import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLab, isNDArray } from '@formatlab/core';
import { text } from '@formatlab/text';
import type { Corpus, CorpusCase } from '../corpus.js';

const TESTS = 'text/utf8tests/utf8tests.txt';
const MARK = Buffer.from([0xef, 0xbb, 0xbf]);

const lab = createLab([text]);

export const textCorpus: Corpus = { format: 'text', peer: 'TextDecoder', cases };

/** Each line is a test: `num:valid:text`, `num:valid hex:bytes`, `num:invalid hex:bytes:…`. */
function* cases(folder: string): Iterable<CorpusCase> {
  for (const line of readFileSync(join(folder, TESTS), 'utf8').split('\n')) {
    const [name = '', kind = '', content = ''] = line.split(':');
    if (line.startsWith('#') || !/^(?:valid|valid hex|invalid hex)$/.test(kind)) continue;
    const bytes =
      kind === 'valid'
        ? Buffer.from(line.slice(name.length + 7))
        : Buffer.from(content.replaceAll(' ', ''), 'hex');
    yield {
      file: `${TESTS}#${name}`,
      kind: kind === 'invalid hex' ? 'invalid' : 'valid',
      ours: async () =>
        difference(bytes, linesOf(await lab.decode(bytes, { format: 'text', options: { as: 'lines' } }))),
      peer: () => difference(bytes, new TextDecoder('utf-8', { fatal: true }).decode(bytes)),
    };
  }
}

function linesOf(value: unknown): string {
  if (!isNDArray(value) || value.dtype !== 'string') return 'not lines';
  return (value.data as readonly string[]).join('\n');
}

/** The text says the same bytes again; a byte order mark is no part of it. */
function difference(bytes: Buffer, found: string): string | undefined {
  const content = bytes.subarray(0, 3).equals(MARK) ? bytes.subarray(3) : bytes;
  const again = Buffer.from(found);
  return again.equals(content)
    ? undefined
    : `${content.toString('hex')} came back as ${again.toString('hex')}`;
}
