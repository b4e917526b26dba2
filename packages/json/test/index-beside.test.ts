import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type CallOptions,
  countingSource,
  createLab,
  fileSource,
  firstDifference,
  type ReadSelection,
  table,
  type Value,
} from '@formatlab/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { json, ndjson } from '../src/index.js';

const lab = createLab([json, ndjson]);
const COUNT = 1500;
const EVERY = 2048;
/** Other work on the machine must not fail what is slow there. */
const LONG = 120_000;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'json-index-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a call gives, or the code of its error. */
async function given(
  path: string,
  options: CallOptions,
  place: string | undefined,
  selection?: ReadSelection,
): Promise<unknown> {
  const file = await lab.open(path, options);
  try {
    // How many bytes it takes, only an index tells.
    if (place === undefined) return (await file.entries()).map(({ storedBytes: _, ...entry }) => entry);
    return await file.read(place, selection);
  } catch (error) {
    return (error as { code?: string }).code ?? error;
  } finally {
    await file.close();
  }
}

async function expectSame(
  path: string,
  options: CallOptions,
  reads: readonly (readonly [string, ReadSelection?])[],
): Promise<void> {
  const without = { ...options, index: false };
  expect(await given(path, options, undefined)).toEqual(await given(path, without, undefined));
  for (const [place, selection] of reads) {
    const found = await given(path, options, place, selection);
    const right = await given(path, without, place, selection);
    expect(
      firstDifference(found as Value, right as Value),
      `${place} ${JSON.stringify(selection)}`,
    ).toBeUndefined();
  }
}

const times = <T>(make: (i: number) => T): T[] => Array.from({ length: COUNT }, (_, i) => make(i));
const late = COUNT - 20;

describe('lines of an indexed file', { timeout: LONG }, () => {
  const files: Readonly<Record<string, (i: number) => string>> = {
    table: (i) => JSON.stringify({ id: i, s: `n"${i}`, x: i / 3, b: i % 2 === 0, n: i < late ? null : 7 }),
    'a fraction late': (i) => (i === late ? '{"a":1.5}' : `{"a":${i}}`),
    'a wide integer among fractions': (i) =>
      i === late ? '{"a":1.5}' : i === 5 ? '{"a":9007199254740993}' : `{"a":${i}}`,
    'a list late': (i) => (i === late ? '[1,2]' : `{"a":${i}}`),
    'names missing': (i) => (i % 3 ? `{"a":${i},"b":"x"}` : '{"b":"y"}'),
    'a name late': (i) => (i > late ? `{"a":${i},"b":"x"}` : '{"a":3}'),
    'text late': (i) => (i === late ? '{"a":"t"}' : `{"a":${i}}`),
    'two on a line': (i) => (i % 2 ? `{"a":${i}}   {"a":${i}}` : ''),
    'no members': () => '{}',
    nested: (i) => `{"a":{"b":[${i}]}}`,
  };
  for (const [name, line] of Object.entries(files)) {
    it(`are those of the whole: ${name}`, async () => {
      const path = join(folder, 'a.ndjson');
      writeFileSync(path, times(line).join('\n'));
      for (const tables of ['auto', 'always', 'never']) {
        const options = { format: 'ndjson', options: { tables } };
        await lab.index(path, { ...options, every: EVERY });
        await expectSame(path, options, [
          ['', { slice: '700:703' }],
          ['', { slice: '-1' }],
          ['', { slice: '10:1400:77' }],
          ['', { slice: '3:3' }],
          ['', { slice: '0:2', columns: ['a'] }],
          ['', {}],
        ]);
      }
    });
  }

  it('touch one stretch of it, also behind lines that were appended', async () => {
    const path = join(folder, 'a.ndjson');
    writeFileSync(path, times((i) => `{"a":${i},"b":"${'x'.repeat(i % 90)}"}`).join('\n'));
    await lab.index(path, { every: EVERY });
    const { source, counts } = countingSource(fileSource(path));
    const file = await lab.open(source);
    await file.read('', { slice: '700' });
    expect(counts.bytesRead).toBeLessThan(4 * 4096 + 2 * EVERY);
    expect(statSync(`${path}.flx`).size).toBeLessThan(400);
    await file.close();
    await source.close();
    const editor = await lab.edit(path);
    await editor.append('', table({ a: [1.5, 2], b: ['new', 'last'] }));
    await editor.commit();
    await editor.close();
    expect(await lab.explain(`${path}#[-1]`)).toMatchObject({ how: 'seek', index: { used: true } });
    await expectSame(path, {}, [
      ['', { slice: '0:3' }],
      ['', { slice: '-4:' }],
    ]);
  });

  it('are refused where they are damaged', async () => {
    const path = join(folder, 'a.ndjson');
    writeFileSync(path, '{"a":1}\n{"a":\n');
    await expect(lab.index(path, { format: 'ndjson' })).rejects.toMatchObject({ code: 'corrupt' });
  });
});

describe('members and items of an indexed document', { timeout: LONG }, () => {
  const documents: Readonly<Record<string, unknown>> = {
    matrix: times((i) => [i, i + 0.5, 3]),
    integers: times((i) => i),
    'a fraction late': `[${times((i) => (i === late ? '1.5' : String(i))).join(',\n ')}]`,
    'a wide integer among fractions': `[${times((i) => (i === late ? '1.5' : i === 3 ? '9007199254740993' : String(i))).join(' , ')}  ]`,
    records: times((i) => ({ a: i, b: `x"]}\\${i}`, c: i > 700 ? null : 1 })),
    'names late': times((i) => (i > late ? { a: 1, z: 2 } : { a: i })),
    mixed: times((i) => (i % 2 ? i : `s${i}`)),
    nested: times((i) => ({ a: [i, [i]], b: { c: [1, 2, i] } })),
    entries: { m: times((i) => [i, 1.5]), t: times((i) => ({ q: i })), 'n/a"é': times((i) => i) },
    'not only entries': {
      m: times((i) => [i, 1.5]),
      t: times((i) => ({ q: i })),
      s: 'text',
      deep: { list: [1, 2, 3] },
    },
    'a name twice': '{"a":[1,2,3],"b":7,"a":[4,5,6]}',
    indented: JSON.stringify(
      { m: times((i) => [i, 1.5]), t: times((i) => ({ q: i, w: [1, { k: 2 }] })) },
      null,
      3,
    ),
    'no items': [],
    'no members': {},
    scalar: 5,
    envelopes: {
      m: { $formatlab: 'ndarray', dtype: 'uint8', shape: [2], data: 'AQI=' },
      s: [{ $formatlab: 'bigint', value: '7' }],
    },
    envelope: { $formatlab: 'ndarray', dtype: 'uint8', shape: [2], data: 'AQI=' },
  };
  const reads: readonly (readonly [string, ReadSelection?])[] = [
    ['', {}],
    ['', { slice: '700:703' }],
    ['', { slice: '-1' }],
    ['', { slice: '5:1400:77' }],
    ['', { slice: '3:3' }],
    ['', { slice: '7,1' }],
    ['', { slice: '1:2', columns: ['a'] }],
    ['/m', {}],
    ['/m', { slice: '700:702' }],
    ['/m', { slice: ':,1' }],
    ['/m/100/1'],
    ['/t', { slice: '999' }],
    ['/t', { slice: '1:3', columns: ['q'] }],
    ['/t/5/q'],
    ['/n~1a"é', { slice: '2' }],
    ['/s'],
    ['/s/0'],
    ['/deep/list/2'],
    ['/1499'],
    ['/1499/b/c'],
    ['/1500'],
    ['/a'],
    ['/nothing'],
  ];
  for (const [name, document] of Object.entries(documents)) {
    it(`are those of the whole: ${name}`, async () => {
      const path = join(folder, 'a.json');
      const text = typeof document === 'string' ? document : JSON.stringify(document);
      writeFileSync(path, `\ufeff${text}\n`);
      const engines = [
        { engine: 'typed' },
        {},
        { arrays: 'always', tables: 'always' },
        { arrays: 'never', tables: 'never' },
      ];
      for (const options of engines) {
        const call = { format: 'json', options };
        await lab.index(path, { ...call, every: EVERY });
        await expectSame(path, call, reads);
      }
    });
  }

  it('touch one stretch of the file', async () => {
    const path = join(folder, 'a.json');
    writeFileSync(path, JSON.stringify(documents.entries));
    await lab.index(path, { every: EVERY });
    const { source, counts } = countingSource(fileSource(path));
    const file = await lab.open(source);
    await file.read('/t', { slice: '700' });
    await file.close();
    await source.close();
    expect(counts.bytesRead).toBeLessThan(4 * 4096 + 2 * EVERY);
  });

  it('are refused where they are damaged, with the byte', async () => {
    const path = join(folder, 'a.json');
    for (const [text, offset] of [
      ['{"a":[1,2,}', 10],
      ['{"a" 1}', 5],
      ['[1,2', undefined],
      ['{"a":"x', undefined],
      ['[1] 2', 4],
      ['{"a":[1,tru]}', 8],
      ['{a:1}', 1],
    ] as const) {
      writeFileSync(path, text);
      await expect(lab.index(path, { format: 'json' }), text).rejects.toMatchObject({
        code: 'corrupt',
        ...(offset === undefined ? {} : { offset }),
      });
    }
  });
});
