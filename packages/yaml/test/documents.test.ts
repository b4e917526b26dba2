import { readFileSync } from 'node:fs';
import {
  bytesSink,
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  table,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { yaml } from '../src/index.js';

const lab = createLab([yaml]);

async function opened(content: string | Uint8Array, options: Readonly<Record<string, unknown>> = {}) {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { source, counts } = countingSource(bytesSource(bytes, 'file.yaml'));
  return { file: await lab.open(source, { format: 'yaml', options }), counts, size: bytes.length };
}

/** Every document read by itself is that of the whole. */
async function agree(
  content: string | Uint8Array,
  options: Readonly<Record<string, unknown>> = {},
): Promise<readonly Value[]> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const whole = (await lab.decode(bytes, { format: 'yaml', options })) as readonly Value[];
  const { file } = await opened(bytes, options);
  const entries = await file.entries();
  expect(entries.map(({ path }) => path)).toEqual(whole.map((_, i) => `/${i}`));
  for (const [i, document] of whole.entries())
    expect(firstDifference(document, await file.read(`/${i}`)), `/${i}`).toBeUndefined();
  await expect(file.read(`/${whole.length}`)).rejects.toMatchObject({ code: 'not-found' });
  return whole;
}

describe('several documents', () => {
  it('of PyYAML are found by their markers', async () => {
    const whole = await agree(
      new Uint8Array(readFileSync(new URL('fixtures/dump-all.yml', import.meta.url))),
    );
    expect(whole).toHaveLength(6);
    expect(whole[0]).toMatchObject({ text: 'a\n--- b\n...\n' });
    expect(whole[5]).toBe(7);
  });

  it.each([
    ['bare and marked ones', 'a: 1\n---\nb: 2\n...\n# between\n...\nc: 3\n'],
    ['empty ones', '---\n---\n# nothing\n---\nx\n'],
    ['directives', '%YAML 1.1\n---\nyes\n...\n# comment\n%TAG ! !x\n---\nyes\n'],
    ['lines in block scalars and quotes', "--- |\n  ---\n  ...\n--- '\n ---x'\n--- |-\n  a\n---\tb\n"],
    ['CRLF and lone CR', 'a\r\n---\r\nb\r---\rc\r\n'],
    ['byte order marks', '\ufeffa\n...\n\ufeff---\nb\n'],
    ['no line end', '--- a\n---'],
  ])('with %s', async (_what, content) => {
    await agree(content);
  });

  it('one of them is always a list under documents: list', async () => {
    expect(await agree('a: 1\n', { documents: 'list' })).toEqual([{ a: 1 }]);
  });

  it('one alone is itself, and UTF-16 is read as a whole', async () => {
    const { file } = await opened('a: 1\nb: {c: 2}\n');
    expect(await file.read('/b/c')).toBe(2);
    const { file: wide } = await opened(new Uint8Array(Buffer.from('\ufeff--- a\n--- b\n', 'utf16le')));
    expect(await wide.read('/1')).toBe('b');
  });

  it('are read without those behind', async () => {
    const part = `---\n- ${'x'.repeat(100)}\n`.repeat(50_000);
    const { file, counts, size } = await opened(part);
    expect(await file.read('/3/0')).toBe('x'.repeat(100));
    expect(await file.read('', { slice: '5:9:3' })).toHaveLength(2);
    expect(counts.bytesRead).toBeLessThan(size / 3);
  });

  it('tell the line in the file where one is wrong', async () => {
    const { file } = await opened('a: 1\n---\nb: 2\n---\nc: [1\n---\nd: 4\n');
    expect(await file.read('/3')).toEqual({ d: 4 });
    const error = await file.read('/2').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'corrupt', message: expect.stringContaining('line 6') });
  });

  it.each(['plain', 'typed'])('are added at the end, engine %s', async (engine) => {
    const options = { engine, documents: 'list' };
    const rows = table({ x: Float64Array.of(1, 2.5) });
    const bytes = await lab.encode([{ a: 1 }, rows], 'yaml', { options });
    const sink = bytesSink(bytes, 'file.yaml');
    const editor = await lab.edit(sink, { format: 'yaml', options });
    await editor.append('', [{ b: 2 }, rows]);
    await editor.append('', ['text']);
    const { written, rewritten } = await editor.commit();
    expect(rewritten).toBe(0);
    expect(written).toBe(sink.size - bytes.length);
    await editor.close();
    const whole = await agree(sink.bytes(), options);
    expect(firstDifference([{ a: 1 }, rows, { b: 2 }, rows, 'text'], whole)).toBeUndefined();
  });

  it('are kept where the last line has no end, and where more than the end changes', async () => {
    const bytes = new TextEncoder().encode('--- a\n--- |\n b');
    const before = (await lab.decode(bytes, { format: 'yaml' })) as readonly Value[];
    const sink = bytesSink(bytes, 'file.yaml');
    const editor = await lab.edit(sink, { format: 'yaml', options: { documents: 'list' } });
    await editor.append('', ['c']);
    await editor.commit();
    await editor.append('', ['d']);
    await editor.put('/0', 'changed');
    await editor.commit();
    await editor.close();
    expect(await lab.load(sink, { format: 'yaml', options: { documents: 'list' } })).toEqual([
      'changed',
      before[1],
      'c',
      'd',
    ]);
  });
});
