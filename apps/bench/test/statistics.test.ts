import { describe, expect, it } from 'vitest';
import type { ProcessSamples } from '../src/results/record.js';
import { isSettled } from '../src/run/settled.js';
import { medianInterval, medianOfMedians, medianRatio, ratioInterval } from '../src/statistics/bootstrap.js';
import { holmRejects } from '../src/statistics/holm.js';
import { median, quantile } from '../src/statistics/quantile.js';
import { seededRandom, shuffled } from '../src/statistics/random.js';
import { studentReach, studentTails } from '../src/statistics/student.js';

describe('quantiles', () => {
  it('takes the middle value, or the mean of the two middle ones', () => {
    expect(median([5, 1, 3])).toBe(3);
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });

  it('interpolates as numpy.percentile does', () => {
    // numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [10, 25, 90])
    const values = [3, 1, 4, 1, 5, 9, 2, 6];
    expect(quantile(values, 0.1)).toBeCloseTo(1, 12);
    expect(quantile(values, 0.25)).toBeCloseTo(1.75, 12);
    expect(quantile(values, 0.9)).toBeCloseTo(6.9, 12);
  });

  it('leaves the values in their order and refuses none', () => {
    const values = [2, 1];
    median(values);
    expect(values).toEqual([2, 1]);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('bootstrap', { timeout: 60_000 }, () => {
  it('gives each process the same weight', () => {
    expect(medianOfMedians([[1], [2, 2, 2, 2, 2], [9]])).toBe(2);
  });

  it('has no interval for one process and a point for equal ones', () => {
    expect(medianInterval([[1, 2, 3]])).toBeUndefined();
    expect(
      medianInterval([
        [4, 4],
        [4, 4],
      ]),
    ).toEqual([4, 4]);
  });

  it('covers the true median in about 95 of 100 experiments', () => {
    const random = seededRandom(7);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    let covered = 0;
    for (let experiment = 0; experiment < 200; experiment++) {
      const clusters = Array.from({ length: 20 }, () => {
        const shift = normal();
        return Array.from({ length: 8 }, () => 100 + shift + normal());
      });
      const [low, high] = medianInterval(clusters, { resamples: 300, seed: experiment })!;
      if (low <= 100 && high >= 100) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(180);
    expect(covered).toBeLessThanOrEqual(200);
  });

  it('covers the true median in about 95 of 100 experiments with few processes too', () => {
    const random = seededRandom(11);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    for (const count of [3, 5]) {
      let covered = 0;
      for (let experiment = 0; experiment < 200; experiment++) {
        const clusters = Array.from({ length: count }, () => [100 * Math.exp(0.03 * normal())]);
        const [low, high] = medianInterval(clusters, { resamples: 300, seed: experiment })!;
        if (low <= 100 && high >= 100) covered++;
      }
      expect(covered).toBeGreaterThanOrEqual(175);
    }
  });

  it('compares the two sides of the same process', () => {
    // The second process ran on a machine twice as slow: the ratio does not see it.
    const processes = [
      { ours: [10, 10, 11], peer: [5, 5, 5] },
      { ours: [20, 20, 22], peer: [10, 10, 10] },
    ];
    expect(medianRatio(processes)).toBe(2);
    const [low, high] = ratioInterval(processes)!;
    expect(low).toBe(2);
    // The bootstrap ends at 2.2, which two processes are too few to believe.
    expect(high).toBeGreaterThan(2.2);
  });

  it('gives the same interval for the same figures', () => {
    const clusters = [
      [1, 2, 3],
      [2, 3, 4],
      [3, 4, 9],
    ];
    expect(medianInterval(clusters)).toEqual(medianInterval(clusters));
  });
});

describe('Student’s distribution', () => {
  it.each([
    // scipy.stats.t.ppf(0.975, freedom)
    [1, 12.7062047364],
    [2, 4.30265272975],
    [9, 2.26215716274],
    [7.3, 2.34515127],
    [100, 1.98397151852],
  ])('with %d degrees reaches to %d', (freedom, reach) => {
    expect(studentReach(freedom)).toBeCloseTo(reach, 3);
    expect(studentTails(reach, freedom)).toBeCloseTo(0.05, 4);
  });

  it('has all of its probability outside 0, and none outside infinity', () => {
    expect(studentTails(0, 4)).toBe(1);
    expect(studentTails(Number.POSITIVE_INFINITY, 4)).toBe(0);
    // scipy.stats.t.sf(10, 4) * 2
    expect(studentTails(10, 4)).toBeCloseTo(0.00056, 5);
  });
});

describe('Holm’s procedure', () => {
  it('rejects in steps, and nothing behind the first that stands', () => {
    // 0.05 / 4, 0.05 / 3 and so on are the levels.
    expect(holmRejects([0.01, 0.04, 0.03, 0.005])).toEqual([true, false, false, true]);
    expect(holmRejects([0.013, 0.0001, 0.9, 0.02])).toEqual([true, true, false, true]);
    expect(holmRejects([0.02, 0.02, 0.02])).toEqual([false, false, false]);
    expect(holmRejects([])).toEqual([]);
  });
});

describe('stopping', { timeout: 60_000 }, () => {
  it('when intervals are narrow twice leaves the truth in 95 of 100 of them', () => {
    const random = seededRandom(5);
    const normal = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const EXPERIMENTS = 150;
    let covered = 0;
    for (let experiment = 0; experiment < EXPERIMENTS; experiment++) {
      const processes: ProcessSamples[] = [];
      while (processes.length < 3 || (processes.length < 30 && !isSettled(processes))) {
        const own = 100 * Math.exp(0.015 * normal());
        processes.push({
          block: processes.length,
          firstMs: own,
          samplesMs: [own, own * 1.001, own * 0.999],
          batch: 1,
          stagesMs: {},
          warmupRuns: 1,
          warm: true,
          gcShare: 0,
        });
      }
      const [low, high] = medianInterval(
        processes.map(({ samplesMs }) => samplesMs),
        { resamples: 400 },
      )!;
      if (low <= 100 && high >= 100) covered++;
    }
    expect(covered / EXPERIMENTS).toBeGreaterThan(0.9);
  });
});

describe('random numbers', () => {
  it('are the same for the same seed and lie in [0, 1)', () => {
    const [one, other] = [seededRandom(42), seededRandom(42)];
    const drawn = Array.from({ length: 10_000 }, one);
    expect(drawn).toEqual(Array.from({ length: 10_000 }, other));
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...drawn)).toBeLessThan(1);
    expect(median(drawn)).toBeCloseTo(0.5, 1);
    expect(seededRandom(43)()).not.toBe(drawn[0]);
  });

  it('shuffle without losing an item', () => {
    const items = Array.from({ length: 50 }, (_, i) => i);
    const mixed = shuffled(items, seededRandom(1));
    expect(mixed).not.toEqual(items);
    expect([...mixed].sort((a, b) => a - b)).toEqual(items);
  });
});
