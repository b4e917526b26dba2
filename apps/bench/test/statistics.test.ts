import { describe, expect, it } from 'vitest';
import { medianInterval, medianOfMedians, medianRatio, ratioInterval } from '../src/statistics/bootstrap.js';
import { median, quantile } from '../src/statistics/quantile.js';
import { seededRandom, shuffled } from '../src/statistics/random.js';

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

describe('bootstrap', () => {
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
