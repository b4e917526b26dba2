import { readdirSync, readFileSync } from 'node:fs';
import {
  bytesSource,
  countingSource,
  createLab,
  firstDifference,
  ndarray,
  type Source,
  type Value,
} from '@formatlab/core';
import { describe, expect, it } from 'vitest';
import { hdf5 } from '../src/index.js';

const FOLDER = new URL('fixtures/', import.meta.url);
/** Its datasets are of 4 GB. */
const TOO_LARGE = ['sparse-4g.h5'];
const lab = createLab([hdf5]);

/** A file without synchronous reads, as on a web server. */
function remote(bytes: Uint8Array): {
  readonly source: Source;
  readonly counts: { reads: number; bytesRead: number };
} {
  const { source, counts } = countingSource(bytesSource(bytes));
  return {
    source: {
      size: source.size,
      name: source.name,
      read: (ranges, signal) => source.read(ranges, signal),
      close() {},
    },
    counts,
  };
}

describe('a file without synchronous reads', () => {
  const files = readdirSync(FOLDER).filter(
    (name) => /\.(h5|nc|mat)$/.test(name) && !TOO_LARGE.includes(name),
  );
  it.each(files)('%s has the same entries, attributes and values', async (name) => {
    const bytes = readFileSync(new URL(name, FOLDER));
    const near = await lab.open(bytes, { format: 'hdf5' });
    const far = await lab.open(remote(bytes).source, { format: 'hdf5' });
    const entries = await near.entries();
    expect(await far.entries()).toEqual(entries);
    for (const { path, kind } of entries.filter((entry) => entry.kind !== 'group')) {
      const expected = await outcome(() => near.read(path));
      const found = await outcome(() => far.read(path));
      expect(found.error, path).toBe(expected.error);
      if (expected.value !== undefined)
        expect(firstDifference(found.value!, expected.value), `${kind} ${path}`).toBeUndefined();
      expect(await outcome(() => far.attributes(path)), path).toEqual(
        await outcome(() => near.attributes(path)),
      );
    }
    await far.close();
  });

  it.each(['none', 'gzip'] as const)('is listed in few reads of its head: %s', async (compression) => {
    const arrays = Object.fromEntries(
      Array.from({ length: 1000 }, (_, i) => [
        `a${i}`,
        ndarray(new Float64Array(2000).map(() => i * Math.PI)),
      ]),
    );
    const bytes = await lab.encode(arrays, 'hdf5', {
      options: compression === 'none' ? {} : { compression, chunks: [500] },
    });
    const { source, counts } = remote(bytes);
    const file = await lab.open(source, { format: 'hdf5' });
    expect(await file.entries()).toHaveLength(1000);
    // Headers, heap and tree; the index of its chunks has 3 KB for each array.
    expect(counts.bytesRead).toBeLessThan(compression === 'none' ? 500_000 : 5_000_000);
    expect(counts.reads).toBeLessThan(20);
    await file.close();
  });

  it('is asked once for all chunks of a selection', async () => {
    const rows = 2000;
    const value = { big: ndarray(new Float64Array(rows * 500), [rows, 500]) };
    const bytes = await lab.encode(value, 'hdf5', { options: { chunks: [50, 500] } });
    const { source, counts } = remote(bytes);
    const file = await lab.open(source, { format: 'hdf5' });
    await file.read('/big', { slice: '0:1' });
    const before = { ...counts };
    await file.read('/big', { slice: '500:1000' });
    expect(counts.reads - before.reads).toBeLessThanOrEqual(2);
    expect(counts.bytesRead - before.bytesRead).toBeLessThan(500 * 500 * 8 + 2 ** 20);
  });

  it('counts for the budget what was read, not what was begun again', async () => {
    const bytes = readFileSync(new URL('chunks-latest.h5', FOLDER));
    const near = await lab.open(bytes, { format: 'hdf5', budget: { bytes: 64 * 2 ** 20 } });
    const far = await lab.open(remote(bytes).source, { format: 'hdf5', budget: { bytes: 64 * 2 ** 20 } });
    for (const { path } of (await near.entries()).filter((entry) => entry.kind === 'array'))
      await expect(far.read(path)).resolves.toBeDefined();
  });
});

async function outcome(work: () => Promise<Value>): Promise<{ value?: Value; error?: string }> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: (error as { code?: string }).code ?? String(error) };
  }
}
