import { readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  bytesSink,
  bytesSource,
  createLab,
  firstDifference,
  type Loss,
  type NDArray,
  ndarray,
  type Table,
  table,
  withAttributes,
} from '../src/index.js';
import { testFolder } from './folder.js';
import { toy } from './toy-formats.js';
import { happened, rows } from './toy-rows.js';

const at = testFolder();
const lab = createLab([rows, toy]);
beforeEach(() => void happened.splice(0));

const part = (first: number, count = 3): Table =>
  table({
    x: Float64Array.from({ length: count }, (_, i) => first + i + 0.5),
    name: Array.from({ length: count }, (_, i) => `n${first + i}`),
  });
const WHOLE = part(0, 8);

async function* parts(): AsyncGenerator<Table> {
  yield part(0);
  yield part(3);
  yield part(6, 2);
}

// Temporary files of these tests only.
const spoolFolder = testFolder();
const before = process.env.TMPDIR;
beforeEach(() => {
  process.env.TMPDIR = spoolFolder();
});
afterEach(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
});
const spools = (): string[] => readdirSync(spoolFolder());

describe('save', () => {
  test.each(['a.rows', 'a.rows.gz', 'a.rows.br', 'a.rows.zst', 'a.toy', 'a.toy.gz'])(
    'batches into %s',
    async (name) => {
      const seen: [number, number | undefined][] = [];
      const report = await lab.save(at(name), parts(), {
        onProgress: (done, total) => seen.push([done, total]),
      });
      expect(report).toMatchObject({ format: name.split('.')[1], losses: [] });
      expect(report.bytes).toBe(statSync(at(name)).size);
      expect(firstDifference(await lab.load(at(name)), WHOLE)).toBe(undefined);
      expect(seen.slice(0, 3)).toEqual([
        [3, undefined],
        [6, undefined],
        [8, undefined],
      ]);
      expect(readdirSync(at())).toEqual([name]);
      expect(spools()).toEqual([]);
    },
  );

  test('the next batch is asked for when the last one is written', async () => {
    async function* noted(): AsyncGenerator<Table> {
      let number = 0;
      for await (const batch of parts()) {
        happened.push(`asked ${number++}`);
        yield batch;
      }
    }
    await lab.save(at('a.rows'), noted());
    expect(happened).toEqual(['asked 0', 'write 0', 'asked 1', 'write 1', 'asked 2', 'write 2', 'commit']);
  });

  test.each(['a.rows', 'a.rows.gz', 'a.toy'])(
    'what fails leaves the old %s, and nothing else',
    async (name) => {
      await lab.save(at(name), WHOLE);
      const before = readFileSync(at(name));
      let closed = false;
      async function* failing(): AsyncGenerator<Table> {
        try {
          yield part(0);
          yield part(3);
          throw new Error('the disk is gone');
        } finally {
          closed = true;
        }
      }
      await expect(lab.save(at(name), failing())).rejects.toThrow('the disk is gone');
      expect(closed).toBe(true);
      expect(readFileSync(at(name))).toEqual(before);
      expect(readdirSync(at())).toEqual([name]);
      expect(spools()).toEqual([]);
    },
  );

  test('an abort between two batches leaves nothing, and ends the source', async () => {
    const controller = new AbortController();
    let closed = false;
    async function* aborting(): AsyncGenerator<Table> {
      try {
        yield part(0);
        controller.abort();
        yield part(3);
      } finally {
        closed = true;
      }
    }
    await expect(lab.save(at('a.rows'), aborting(), { signal: controller.signal })).rejects.toMatchObject({
      code: 'aborted',
    });
    expect(closed).toBe(true);
    expect(readdirSync(at())).toEqual([]);
  });

  test('a wrong name is refused before the first batch', async () => {
    let asked = false;
    async function* watched(): AsyncGenerator<Table> {
      asked = true;
      yield part(0);
    }
    await expect(lab.save(at('a.nothing'), watched())).rejects.toMatchObject({ code: 'options' });
    await expect(lab.save('http://localhost/a.rows', watched())).rejects.toMatchObject({
      code: 'unsupported',
    });
    expect(asked).toBe(false);
  });

  test('losses are told once, with their values counted', async () => {
    const told: Loss[] = [];
    const batch = (): Table => table({ x: [1, null, 2] });
    async function* batches(): AsyncGenerator<Table> {
      yield withAttributes(batch(), { unit: 'm' });
      yield batch();
    }
    const { losses } = await lab.save(at('a.rows'), batches(), { onLoss: (loss) => told.push(loss) });
    expect(losses).toEqual([
      { path: '', kind: 'attributes', from: 'attributes', to: 'nothing', count: 1 },
      { path: '/x', kind: 'null', from: 'null', to: '0', count: 6 },
    ]);
    expect(told).toEqual(losses);
    await expect(lab.save(at('b.rows'), batches(), { strict: true })).rejects.toMatchObject({
      code: 'lossy',
    });
    expect(readdirSync(at())).toEqual(['a.rows']);
  });

  test.each([
    [
      'other columns',
      table({ y: new Float64Array(1) }),
      /batch 1 with columns \[y\]: the first one has \[x\]/,
    ],
    ['another type', table({ x: ['a'] }), /column 'x' of batch 1: it is string, .* float64/],
    ['nulls', table({ x: [1, null] }), /column 'x' of batch 1: it is with nulls/],
    [
      'no table',
      ndarray(new Float64Array(1)) as unknown as Table,
      /batch 1: it is ndarray, batches are tables/,
    ],
  ])('batches of %s are refused by name', async (_, second, message) => {
    async function* batches(): AsyncGenerator<Table> {
      yield table({ x: new Float64Array(2) });
      yield second;
    }
    await expect(lab.save(at('a.rows'), batches())).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(at())).toEqual([]);
  });

  test('a format without batches gets them together, within the budget', async () => {
    await expect(lab.save(at('a.toy'), parts(), { budget: { bytes: 100 } })).rejects.toMatchObject({
      code: 'limit',
      format: 'toy',
      supported: ['rows'],
      message: expect.stringMatching(/write batches as toy: .* more than 100 bytes; set 'budget.bytes'/),
    });
    expect(readdirSync(at())).toEqual([]);
  });

  test('without a batch it is a table without columns', async () => {
    async function* none(): AsyncGenerator<Table> {}
    await lab.save(at('a.rows'), none());
    expect(firstDifference(await lab.load(at('a.rows')), table({}))).toBe(undefined);
  });

  test('links stay links, and permissions stay', async () => {
    writeFileSync(at('real.rows'), '', { mode: 0o600 });
    symlinkSync(at('real.rows'), at('link.rows'));
    await lab.save(at('link.rows'), parts(), { durable: true });
    expect(statSync(at('real.rows')).mode & 0o777).toBe(0o600);
    expect(firstDifference(await lab.load(at('real.rows')), WHOLE)).toBe(undefined);
  });

  test.each([undefined, 'gzip'] as const)('into a sink, compression %s', async (compression) => {
    const full = bytesSink(new TextEncoder().encode('old'), 'a.rows');
    const empty = bytesSink(undefined, 'a.rows');
    for (const sink of [full, empty]) {
      const { bytes } = await lab.save(sink, parts(), { compression });
      expect(bytes).toBe(sink.size);
      expect(firstDifference(await lab.load(bytesSource(sink.bytes(), 'a.rows')), WHOLE)).toBe(undefined);
    }
    const { size } = full;
    async function* failing(): AsyncGenerator<Table> {
      yield part(0);
      throw new Error('gone');
    }
    const fresh = bytesSink(undefined, 'a.rows');
    await expect(lab.save(full, failing(), { compression })).rejects.toThrow('gone');
    await expect(lab.save(fresh, failing(), { compression })).rejects.toThrow('gone');
    expect([full.size, fresh.size]).toEqual([size, 0]);
  });
});

describe('convert', () => {
  test('a table passes in batches', async () => {
    await lab.save(at('a.rows'), WHOLE);
    happened.splice(0);
    const seen: number[] = [];
    await lab.convert(at('a.rows'), at('b.rows'), {
      to: { onProgress: (done, total) => seen.push(done, total!) },
    });
    expect(happened).toEqual([
      'batch 0',
      'write 0',
      'batch 1',
      'write 1',
      'batch 2',
      'write 2',
      'commit',
      'close',
    ]);
    expect(seen).toEqual([3, 8, 6, 8, 8, 8]);
    expect(firstDifference(await lab.load(at('b.rows')), WHOLE)).toBe(undefined);
  });

  test('what the selector names, and what was compressed', async () => {
    for (const name of ['a.rows', 'a.rows.gz', 'a.rows.br', 'a.rows.zst']) {
      await lab.save(at(name), WHOLE);
      happened.splice(0);
      await lab.convert(`${at(name)}#[2:7]`, at('b.rows.gz'));
      expect(happened).toContain('batch 1');
      expect(happened).not.toContain('decode');
      expect(firstDifference(await lab.load(at('b.rows.gz')), part(2, 5))).toBe(undefined);
    }
    expect(spools()).toEqual([]);
  });

  test('onto itself', async () => {
    await lab.save(at('a.rows'), WHOLE);
    await lab.convert(at('a.rows'), at('a.rows'));
    expect(firstDifference(await lab.load(at('a.rows')), WHOLE)).toBe(undefined);
    expect(readdirSync(at())).toEqual(['a.rows']);
  });

  test('formats without batches, and no rows, go as a whole', async () => {
    await lab.save(at('a.rows'), WHOLE);
    await lab.convert(at('a.rows'), at('b.toy'));
    await lab.convert(at('b.toy'), at('c.rows'));
    expect(firstDifference(await lab.load(at('c.rows')), WHOLE)).toBe(undefined);
    await lab.convert(`${at('a.rows')}#[0:0]`, at('d.toy'));
    expect(happened.filter((each) => each.startsWith('batch'))).toEqual([]);
  });

  test('a layer that is damaged, or holds more than the budget', async () => {
    for (const name of ['a.rows.gz', 'a.rows.zst']) {
      await lab.save(at(name), part(0, 2000));
      const bytes = readFileSync(at(name));
      await expect(
        lab.convert(at(name), at('b.rows'), { from: { budget: { bytes: 1000 } } }),
      ).rejects.toMatchObject({ code: 'limit' });
      writeFileSync(at(name), bytes.subarray(0, bytes.length - 9));
      await expect(lab.convert(at(name), at('b.rows'))).rejects.toMatchObject({ code: 'corrupt' });
      writeFileSync(at(name), Buffer.concat([bytes, Buffer.from('more')]));
      await expect(lab.convert(at(name), at('b.rows'))).rejects.toMatchObject({ code: 'corrupt' });
    }
    expect(readdirSync(at()).sort()).toEqual(['a.rows.gz', 'a.rows.zst']);
    expect(spools()).toEqual([]);
  });
});

describe('batches', () => {
  test.each(['a.rows', 'a.rows.gz', 'a.toy', 'a.toy.gz'])('of %s, by a selector', async (name) => {
    await lab.save(at(name), WHOLE);
    const found: Table[] = [];
    for await (const batch of lab.batches(`${at(name)}#[1:8]`, { rows: 2, columns: ['name'] }))
      found.push(batch);
    expect(found.map((batch) => batch.rows)).toEqual([2, 2, 2, 1]);
    expect(found.flatMap((batch) => (batch.columns[0]!.values as NDArray<'string'>).data)).toEqual(
      Array.from({ length: 7 }, (_, i) => `n${i + 1}`),
    );
  });

  test('the file is closed where the caller stops', async () => {
    await lab.save(at('a.rows'), WHOLE);
    happened.splice(0);
    for await (const batch of lab.batches(at('a.rows'))) {
      expect(batch.rows).toBe(3);
      break;
    }
    expect(happened).toEqual(['batch 0', 'close']);
    await expect(lab.batches(at('none.rows'))[Symbol.asyncIterator]().next()).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
