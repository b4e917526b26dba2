import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countingSource, createLab, fileSource, ndarray } from '@formatlab/core';
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
let lab: ReturnType<typeof createLab>;

beforeAll(async () => {
  lab = createLab((await loadFormats()).formats.map(({ format }) => format));
  for (const [format, name] of [...SEEKING, ['json', 'a.json']])
    await lab.save(join(folder, name!), value, { format });
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
    expect(told.read.bytes).toBeGreaterThanOrEqual(2_000_000);
    expect(told.open.bytes + told.read.bytes).toBe(counts.bytesRead);
  });

  it('tells of a slice that it takes less', async () => {
    const path = join(folder, 'a.h5');
    const all = await lab.explain(path, { path: '/wanted' });
    const rows = await lab.explain(path, { path: '/wanted', slice: '10:20' });
    expect(rows.read.bytes).toBeLessThan(all.read.bytes / 10);
    expect(rows.how).toBe('seek');
  });

  it('tells of a format without an index that it is the whole file', async () => {
    const path = join(folder, 'a.json');
    const told = await lab.explain(path, { path: '/wanted' });
    expect(told.how).toBe('whole');
    expect(told.read.bytes).toBeGreaterThan(4_000_000);
  });
});
