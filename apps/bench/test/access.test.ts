import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { type Arrays, arraysOf, CONTAINERS } from '../src/access/containers.js';
import { limitChecks } from '../src/access/limits.js';
import { earlierResults, mergedContainers } from '../src/access/merge-access.js';
import { accessMarkdown } from '../src/access/render-access.js';
import type { AccessResults, ContainerResult } from '../src/access/results.js';
import { thisMachine } from '../src/results/machine.js';

const folder = mkdtempSync(join(tmpdir(), 'formatlab-access-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ARRAYS: Arrays = { count: 10_000, rows: 100, columns: 100, seed: 1 };
const FILE_BYTES = 800_000_000;

function measured(id: string, bytes: number, rewritten: number): ContainerResult {
  const container = CONTAINERS.find((one) => one.id === id)!;
  const read = { firstMs: 1, medianMs: 1, times: 3, reads: 1, bytes };
  const append = { ...read, written: 1, rewritten, journal: 77, bytesRead: 1, fileBytes: FILE_BYTES };
  const local = { list: read, one: read, rows: read, append };
  return { container, made: { ms: 1, bytes: FILE_BYTES }, rounds: [{ local, python: undefined }] };
}

function results(containers: readonly ContainerResult[]): AccessResults {
  const machine = thisMachine();
  return { kind: 'access', machine, arrays: ARRAYS, latencyMs: 50, chromium: '', containers, slices: [] };
}

describe('limits of the access suite', () => {
  it('pass and fail by what was measured, and say what was not', () => {
    const checks = limitChecks(
      results([measured('npz', 1_080_000, FILE_BYTES / 100), measured('hdf5', 1_080_001, FILE_BYTES / 99)]),
    );
    const of = (title: string): (boolean | undefined)[] =>
      checks.filter((check) => check.title.startsWith(title)).map(({ passed }) => passed);
    expect(of('npz')).toEqual([true, true]);
    expect(of('HDF5')).toEqual([false, false]);
    expect(of('sqlite')).toEqual([undefined, undefined]);
  });

  it('stand in the report, with the journal and with files of fewer arrays', () => {
    const json = { ...measured('json', 1, 0), count: 500 };
    const text = accessMarkdown(results([measured('npz', 1, 0), json]));
    expect(text).toContain('npz: bytes read for one entry | its size and 1.00 MB: 1.08 MB | 1 B | passed');
    expect(text).toContain('| 77 B |');
    expect(text).toContain('JSON, 500 arrays');
    expect(text).toContain('JSON holds 500 arrays: the whole text is parsed');
  });
});

describe('results of several runs', () => {
  it('stand together, the newer in the place of the older', () => {
    const merged = mergedContainers(
      [measured('sqlite', 1, 0), measured('npz', 1, 0)],
      [measured('hdf5', 2, 0), measured('npz', 2, 0)],
    );
    expect(merged.map(({ container }) => container.id)).toEqual(['npz', 'hdf5', 'sqlite']);
    expect(merged[0]!.rounds[0]!.local.one.bytes).toBe(2);
  });

  it('are of the same arrays on the same machine', () => {
    const path = join(folder, 'access.json');
    expect(earlierResults(path, ARRAYS, thisMachine())).toBeUndefined();
    writeFileSync(path, JSON.stringify(results([measured('npz', 1, 0)])));
    expect(earlierResults(path, ARRAYS, thisMachine())?.containers).toHaveLength(1);
    expect(earlierResults(path, { ...ARRAYS, count: 500 }, thisMachine())).toBeUndefined();
    expect(earlierResults(path, ARRAYS, { ...thisMachine(), fingerprint: 'another' })).toBeUndefined();
  });

  it('hold fewer arrays only where a reason is given', () => {
    for (const container of CONTAINERS) {
      const { count } = arraysOf(container, ARRAYS);
      expect(count < ARRAYS.count, container.id).toBe(container.fewer !== undefined);
      expect(arraysOf(container, { ...ARRAYS, count: 10 }).count).toBe(10);
    }
  });
});
