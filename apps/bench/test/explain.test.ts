import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countingSource, createLab, fileSource, ndarray, type ReadSelection, table } from '@formatlab/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFormats } from '../src/formats.js';

// What is told before a read is compared with what the read then takes: 2 MB of one array, in files of two.
const folder = mkdtempSync(join(tmpdir(), 'formatlab-explain-'));
const value = {
  other: ndarray(new Float64Array(250_000), [500, 500]),
  wanted: ndarray(
    Float64Array.from({ length: 250_000 }, (_, i) => Math.sin(i)),
    [500, 500],
  ),
};
const SEEKING = [
  ['numpy', 'a.npz'],
  ['hdf5', 'a.h5'],
  ['matlab', 'a.mat'],
] as const;
const SCANNED = [
  ['msgpack', 'a.msgpack'],
  ['pickle', 'a.pkl'],
  ['protobuf', 'a.pb'],
] as const;
const WHOLE = [
  ['json', 'a.json'],
  ['xml', 'a.xml'],
  ['marshal', 'a.marshal'],
] as const;
const ARRAY_BYTES = 2_000_000;
let lab: ReturnType<typeof createLab>;

beforeAll(async () => {
  lab = createLab((await loadFormats()).formats.map(({ format }) => format));
  for (const [format, name] of [...SEEKING, ...SCANNED, ...WHOLE])
    await lab.save(join(folder, name), { ...value, last: ndarray(new Float64Array(250_000)) }, { format });
  const rows = table({ n: Float64Array.from({ length: 100_000 }, (_, i) => i / 8) });
  for (const format of ['csv', 'ndjson', 'sqlite'])
    await lab.save(join(folder, `t.${format}`), rows, { format });
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('explain', () => {
  it.each(SEEKING)('tells for %s what reading an entry takes, without reading it', async (format, name) => {
    const path = join(folder, name);
    const watched = countingSource(fileSource(path));
    const told = await lab.explain(watched.source, { path: '/wanted', format });
    expect(watched.counts.bytesRead).toBeLessThan(100_000);
    await watched.source.close();

    const { source, counts } = countingSource(fileSource(path));
    const file = await lab.open(source, { format });
    await file.read('/wanted');
    await source.close();
    expect(told.read.bytes).toBeGreaterThanOrEqual(ARRAY_BYTES);
    expect(told.read.memory).toBeGreaterThanOrEqual(ARRAY_BYTES);
    expect(told.open.bytes + told.read.bytes).toBe(counts.bytesRead);
  });

  it.each(SCANNED)('tells for %s what the scan touches up to the entry', async (format, name) => {
    const path = join(folder, name);
    const told = await lab.explain(path, { path: '/wanted', format });
    expect(told).toMatchObject({ how: 'scan', read: { known: 'at-least' } });
    expect(told.read.memory).toBeGreaterThanOrEqual(ARRAY_BYTES);
    expect(told.open.bytes + told.read.bytes).toBe(await bytesOf(path, format, '/wanted'));
    expect(told.read.bytes).toBeLessThan(statSync(path).size / 2);
  });

  it('says where the file itself tells that no more is read, and where more may be', async () => {
    expect((await lab.explain(join(folder, 'a.h5'), { path: '/wanted' })).read.known).toBe('exact');
    const rows = await lab.explain(join(folder, 'a.npz'), { path: '/wanted', slice: '10:20' });
    expect(rows.read.known).toBe('exact');
    const path = join(folder, 't.sqlite');
    const told = await lab.explain(path, { path: '' });
    expect(told.read.known).toBe('at-least');
    expect(await bytesOf(path, 'sqlite', '')).toBeGreaterThan(told.open.bytes + told.read.bytes);
  });

  it.each([
    ['csv', 't.csv', '', { slice: '10:20' }],
    ['ndjson', 't.ndjson', '', { slice: '10:20' }],
    ['sqlite', 't.sqlite', '', {}],
    ['pickle', 'a.pkl', '/wanted', {}],
    ['marshal', 'a.marshal', '/wanted', {}],
  ])('tells exactly for %s when it may read', async (format, name, at, selection) => {
    const path = join(folder, name);
    const told = await lab.explain(path, { path: at, format, exact: true, ...selection });
    expect(told.read.known).toBe('exact');
    expect(told.open.bytes + told.read.bytes).toBe(await bytesOf(path, format, at, selection));
  });

  it('tells of a slice that it takes less', async () => {
    const path = join(folder, 'a.h5');
    const all = await lab.explain(path, { path: '/wanted' });
    const rows = await lab.explain(path, { path: '/wanted', slice: '10:20' });
    expect(rows.read.bytes).toBeLessThan(all.read.bytes / 10);
    expect(rows.how).toBe('seek');
  });

  it.each(WHOLE)(
    'tells for %s that it is the whole file, and the least memory that takes',
    async (format, name) => {
      const path = join(folder, name);
      const { size } = statSync(path);
      const told = await lab.explain(path, { path: '/wanted', format });
      expect(told).toMatchObject({ how: 'whole', read: { bytes: size, known: 'whole-file' } });
      expect(told.read.memory).toBeGreaterThanOrEqual(size);
      await expect(
        lab.load(`${path}#/wanted`, { format, budget: { bytes: told.read.memory - 1 } }),
      ).rejects.toMatchObject({ code: 'limit' });
    },
  );

  it('tells the cost with the index beside the file, and what of that is read', async () => {
    const path = join(folder, 'i.csv');
    await lab.convert(join(folder, 't.csv'), path);
    await lab.index(path);
    const told = await lab.explain(path, { slice: '90000:90010' });
    expect(told).toMatchObject({ how: 'seek', index: { used: true, bytes: statSync(`${path}.flx`).size } });
    expect(told.read.bytes).toBeLessThan(statSync(path).size / 4);
    expect(told.open.bytes + told.read.bytes).toBe(await bytesOf(path, 'csv', '', { slice: '90000:90010' }));
  });
});

/** What a read takes, by counting. */
async function bytesOf(path: string, format: string, at: string, selection?: ReadSelection): Promise<number> {
  const { source, counts } = countingSource(fileSource(path));
  const file = await lab.open(source, { format });
  await file.read(at, selection);
  await source.close();
  return counts.bytesRead;
}
