import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { convertAndCheck, generate } from '../src/round-trip.js';
import { parseSize, sizeText } from '../src/size.js';

const folder = mkdtempSync(join(tmpdir(), 'huge-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Several row groups, and more than a hundred windows. */
const SIZE = 30e6;
const MOST_MEMORY = 500e6;

describe('tables pass in batches, in a process of their own', () => {
  test.each([
    ['csv', 'parquet'],
    ['parquet', 'csv'],
  ] as const)('%s to %s: all values come back', async (from, to) => {
    const shares: number[] = [];
    const generated = await generate(join(folder, `source.${from}`), from, SIZE, 7, () => {});
    const report = (share: number): void => void shares.push(share);
    const done = await convertAndCheck(generated, join(folder, `target.${to}`), report, () => {});
    expect(done.difference).toBeUndefined();
    expect(done.losses).toBe(0);
    expect(done.peak).toBeLessThan(MOST_MEMORY);
    expect(Math.abs(generated.bytes / SIZE - 1)).toBeLessThan(0.1);
    expect(shares).toEqual(shares.toSorted((a, b) => a - b));
    expect(shares.length).toBeGreaterThan(0);
  });
});

test('sizes', () => {
  expect(parseSize('300MB')).toBe(300e6);
  expect(parseSize('1.5 GB')).toBe(1.5e9);
  expect(parseSize('5')).toBeUndefined();
  expect(sizeText(1.53e9)).toBe('1.53 GB');
  expect(sizeText(412e6)).toBe('412 MB');
});
