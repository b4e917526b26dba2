import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  bytesSource,
  compress,
  countingSource,
  createLab,
  type Format,
  formatSet,
  joinBytes,
  type ProbeInput,
} from '../src/index.js';
import { testFolder } from './folder.js';
import { lines, type ToyOptions, toy } from './toy-formats.js';

const at = testFolder();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function probing(id: string, score: number, extensions: readonly string[] = []): Format<ToyOptions> {
  return {
    ...toy,
    id,
    extensions,
    probe: () => (score === 0 ? undefined : { score, why: `${id} likes it` }),
  };
}

describe('detect', () => {
  const lab = createLab([toy, lines]);

  test('goes by content, also against the name', async () => {
    writeFileSync(at('a.lines'), 'TOY\n1');
    expect(await lab.detect(at('a.lines'))).toMatchObject({
      format: { id: 'toy' },
      compression: 'none',
      score: 0.9,
    });
    writeFileSync(at('a.toy'), 'TOY\n1');
    expect((await lab.detect(at('a.toy'))).score).toBeCloseTo(0.95);
  });

  test('takes bytes, blobs, files, sources, URLs of files and what stands before a selector', async () => {
    const file = bytes('TOY\n{"a":1}');
    writeFileSync(at('a.toy'), file);
    const inputs = [
      file,
      new Blob([file]),
      new File([file], 'b.toy'),
      bytesSource(file),
      pathToFileURL(at('a.toy')),
      `${at('a.toy')}#/a`,
    ];
    for (const input of inputs) expect((await lab.detect(input)).format.id).toBe('toy');
    expect(await lab.load(new URL(`${pathToFileURL(at('a.toy'))}#/a`))).toBe(1);
    expect(await lab.load(`${at('a.toy')}#/a`)).toBe(1);
  });

  test('prefers a file whose name looks like a selector', async () => {
    writeFileSync(at('a#[1].toy'), 'TOY\n7');
    expect(await lab.load(at('a#[1].toy'))).toBe(7);
  });

  test.each(['gzip', 'zstd'] as const)('looks into %s, whatever the name says', async (layer) => {
    const packed = joinBytes(await compress([bytes('TOY\n{"a":1}')], layer));
    for (const name of ['a.toy', 'a.toy.gz', 'a.toy.zst', 'a']) {
      writeFileSync(at(name), packed);
      expect(await lab.detect(at(name))).toMatchObject({ format: { id: 'toy' }, compression: layer });
    }
    expect((await lab.detect(packed)).compression).toBe(layer);
  });

  test('looks into brotli by its suffix only: it has no magic number', async () => {
    const packed = joinBytes(await compress([bytes('TOY\n{"a":1}')], 'brotli'));
    writeFileSync(at('a.toy.br'), packed);
    expect(await lab.detect(at('a.toy.br'))).toMatchObject({ format: { id: 'toy' }, compression: 'brotli' });
    await expect(lab.detect(packed)).rejects.toMatchObject({ code: 'not-this-format' });
  });

  test('looks into zstd whose first block is longer than what probes see', async () => {
    let state = 1;
    const digits = Array.from({ length: 60_000 }, () => (state = (state * 48271) % 2147483647));
    const packed = joinBytes(await compress([bytes(`TOY\n${JSON.stringify(digits)}`)], 'zstd'));
    expect((await lab.detect(packed)).format.id).toBe('toy');
  });

  test('an empty file and unknown bytes are refused with what there is to say', async () => {
    writeFileSync(at('empty.toy'), '');
    await expect(lab.detect(at('empty.toy'))).rejects.toMatchObject({
      code: 'not-this-format',
      path: at('empty.toy'),
      message: expect.stringContaining('the file is empty'),
      supported: ['toy', 'lines'],
    });
    writeFileSync(at('a.toy'), 'what?');
    await expect(lab.detect(at('a.toy'))).rejects.toMatchObject({
      code: 'not-this-format',
      format: 'toy',
      offset: 0,
      found: '77 68 61 74 3f',
    });
    await expect(lab.detect(at('missing.toy'))).rejects.toMatchObject({
      code: 'not-found',
      path: at('missing.toy'),
    });
  });

  test('the higher score wins, a tie names both, the extension breaks it', async () => {
    const file = bytes('x');
    const better = createLab([probing('one', 0.5), probing('two', 0.6), probing('none', 0)]);
    expect((await better.detect(file)).format.id).toBe('two');
    const tie = createLab([probing('one', 0.5), probing('two', 0.5, ['.two'])]);
    await expect(tie.detect(file)).rejects.toMatchObject({
      code: 'options',
      message: expect.stringMatching(
        /one \(one likes it\) and two \(two likes it\) fit equally; set 'format'/,
      ),
      supported: ['one', 'two'],
    });
    writeFileSync(at('a.two'), file);
    expect((await tie.detect(at('a.two'))).format.id).toBe('two');
    const doubtful = createLab([probing('one', 0.04)]);
    await expect(doubtful.detect(file)).rejects.toMatchObject({ code: 'not-this-format' });
  });

  test('shows probes both ends and the bare name, and reads nothing else', async () => {
    const seen: ProbeInput[] = [];
    const spy: Format<ToyOptions> = {
      ...toy,
      probe(input) {
        seen.push(input);
        return { score: 1, why: 'always' };
      },
    };
    const content = Uint8Array.from({ length: 100_000 }, (_, i) => i % 256);
    const { source, counts } = countingSource(bytesSource(content, '/some/where/a.b.spy'));
    await createLab([spy]).detect(source);
    expect(counts.bytesRead).toBe(8192);
    expect(seen[0]).toMatchObject({ size: 100_000, name: 'a.b.spy' });
    expect(seen[0]!.head).toEqual(content.slice(0, 4096));
    expect(seen[0]!.tail).toEqual(content.slice(-4096));
    await createLab([spy]).detect(joinBytes(await compress([content], 'gzip')));
    expect(seen[1]).toMatchObject({ size: undefined, name: undefined });
    expect(seen[1]!.head).toEqual(content.slice(0, 4096));
  });
});

describe('formatSet', () => {
  test('refuses two formats of one id, and names the package of a missing one', () => {
    expect(() => formatSet([toy, { ...lines, id: 'toy' }])).toThrow(
      expect.objectContaining({ code: 'options' }),
    );
    const set = formatSet([toy]);
    expect([set.has('toy'), set.has('csv')]).toEqual([true, false]);
    expect(() => set.get('csv')).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: expect.stringContaining('@formatlab/csv'),
        supported: ['toy'],
      }),
    );
  });
});
