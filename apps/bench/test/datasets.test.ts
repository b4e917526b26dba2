import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  firstDifference,
  ndarray,
  newRecord,
  Pairs,
  Tagged,
  type Value,
  withAttributes,
} from '@formatlab/core';
import { afterAll, describe, expect, it } from 'vitest';
import { readDataset, writeDataset } from '../src/datasets/dataset-file.js';
import { hashValue } from '../src/datasets/hash-value.js';
import { WORKLOADS } from '../src/workloads/index.js';

const folder = mkdtempSync(join(tmpdir(), 'bench-datasets-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('workloads', () => {
  for (const workload of WORKLOADS.filter(({ id }) => id !== 'file')) {
    it(`${workload.id} makes the same data for the same seed, and its cells can be named`, () => {
      const one = workload.build(workload.quick, 1);
      expect(firstDifference(one, workload.build(workload.quick, 1))).toBeUndefined();
      expect(hashValue(one)).toEqual(hashValue(workload.build(workload.quick, 1)));
      expect(workload.access(one).entries).toBeGreaterThan(0);
      expect(workload.label(workload.quick)).toMatch(/^[\w.]+$/);
    });
  }

  it('keep their hash from release to release, so that runs can be compared', () => {
    const hashes = WORKLOADS.filter(({ id }) => id !== 'file').map(({ id, build, quick }) => [
      id,
      hashValue(build(quick, 1)).sha256.slice(0, 12),
    ]);
    expect(Object.fromEntries(hashes)).toMatchSnapshot();
  });
});

describe('the file between processes', () => {
  it('keeps every kind of value', () => {
    const shared = ndarray(new Float64Array([1, -0, Number.NaN]));
    const record = newRecord();
    Object.defineProperty(record, '__proto__', { value: 'data', enumerable: true });
    const value: Value = [
      null,
      true,
      -0,
      5n,
      'é',
      new Date(0),
      new Uint8Array([1, 2]),
      shared,
      shared,
      record,
      new Tagged('set', [1, 2]),
      new Pairs([[1, 'one']]),
      withAttributes(ndarray(['a', '']), { unit: 'm' }),
      ...WORKLOADS.filter(({ id }) => id !== 'file').map(({ build, quick }) => build(quick, 2)),
    ];
    const path = join(folder, 'value');
    writeDataset(path, value);
    const back = readDataset(path) as readonly Value[];
    expect(firstDifference(value, back, { attributes: true })).toBeUndefined();
    expect(back[7]).toBe(back[8]);
  });

  it('keeps a cycle', () => {
    const record = newRecord();
    record.self = record;
    writeDataset(join(folder, 'cycle'), record);
    const back = readDataset(join(folder, 'cycle')) as { self: unknown };
    expect(back.self).toBe(back);
  });
});

describe('hashes', () => {
  it('tell values apart that look alike', () => {
    const values: Value[] = [
      0,
      -0,
      0n,
      '0',
      false,
      null,
      [],
      [0],
      ndarray([0]),
      ndarray([0], [1, 1]),
      newRecord(),
      new Uint8Array([0]),
    ];
    expect(new Set(values.map((value) => hashValue(value).sha256)).size).toBe(values.length);
  });

  it('count the bytes of the data', () => {
    expect(hashValue(ndarray(new Float64Array(10))).bytes).toBe(80);
    expect(hashValue(['é', 1]).bytes).toBe(10);
  });
});
