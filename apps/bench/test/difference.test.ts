import { describe, expect, it } from 'vitest';
import { differenceOf } from '../src/report/difference.js';
import { driftOf } from '../src/report/drift.js';
import { hasRegression, renderCompare } from '../src/report/render-compare.js';
import type { CellRecord } from '../src/results/record.js';
import { madeCell, madeRun, madeTimes } from './made-records.js';

const CELLS = 20;
const id = (i: number): string => `array(10x${i})/numpy/none/read`;

/** Twenty cells of a run, the one with number `slow` by `factor` slower. */
function suite(seed: number, spread: number, processes = 5, slow = -1, factor = 1): CellRecord[] {
  return Array.from({ length: CELLS }, (_, i) =>
    madeCell({
      cell: id(i),
      samples: madeTimes((i + 1) * (i === slow ? factor : 1), processes, spread, seed * 1000 + i),
    }),
  );
}

describe('the difference between two runs', { timeout: 60_000 }, () => {
  it.each([
    [2, 0.02],
    [3, 0.1],
    [4, 0.3],
    [10, 0.5],
  ])(
    'is seen where a cell takes ten times as long, of %i processes that differ by %d',
    (processes, spread) => {
      const [base, next] = [suite(1, spread, processes), suite(2, spread, processes, 7, 10)];
      const text = renderCompare(differenceOf(base, next, 0.02), 0.02);
      // Claimed, or where so few or so different processes allow no claim, told as what has to be measured again.
      expect(text.split('## ').find((part) => part.includes(`\`${id(7)}\``))).toMatch(
        /^(Worse|Not told apart)/,
      );
      if (processes >= 3) expect(differenceOf(base, next, 0.02).changes[7]!.verdict).toBe('slower');
    },
  );

  it('is claimed for a slowdown of 10 % and for nothing else', () => {
    const difference = differenceOf(suite(1, 0.01), suite(2, 0.01, 5, 7, 1.1), 0.02);
    expect(
      difference.changes.filter(({ verdict }) => verdict !== 'same').map(({ base }) => base.cell),
    ).toEqual([id(7)]);
    expect(hasRegression(difference)).toBe(true);
  });

  it('is claimed under 5 %, or under the noise, never', () => {
    const [base, next] = [suite(1, 0.001), suite(2, 0.001, 5, 7, 1.049)];
    const [low, high] = differenceOf(base, next, 0).changes[7]!.interval!;
    expect(low).toBeGreaterThan(1.03);
    expect(high).toBeLessThan(1.06);
    expect(hasRegression(differenceOf(base, next, 0))).toBe(false);
    const noisy = [suite(1, 0.001), suite(2, 0.001, 5, 7, 1.1)] as const;
    expect(hasRegression(differenceOf(...noisy, 0.09))).toBe(true);
    expect(hasRegression(differenceOf(...noisy, 0.12))).toBe(false);
  });

  it('has intervals that hold the truth in at least 95 of 100 cells, and no claim in 19 of 20 pairs of runs', () => {
    let [covered, cells, claims] = [0, 0, 0];
    const PAIRS = 4;
    for (let pair = 0; pair < PAIRS; pair++) {
      // Wide enough for effects beyond 5 %, so that only the statistics stand between them and a claim.
      const { changes } = differenceOf(suite(10 + 2 * pair, 0.1), suite(11 + 2 * pair, 0.1), 0);
      covered += changes.filter(({ interval }) => interval![0] <= 1 && interval![1] >= 1).length;
      cells += changes.length;
      if (changes.some(({ verdict }) => verdict !== 'same')) claims++;
    }
    expect(covered / cells).toBeGreaterThan(0.93);
    // Without a correction for twenty comparisons two of three pairs would have one, were the intervals as narrow as they may be.
    expect(claims).toBeLessThanOrEqual(1);
  });

  it('of runs in the same blocks does not see what befell a block', () => {
    const drift = [1, 3, 1.5, 4, 2, 1.2, 5, 1, 2.5, 1.7];
    const noisy = (factor: number, seed: number): CellRecord =>
      madeCell({
        samples: madeTimes(10 * factor, 10, 0.005, seed).map((one, i) => one.map((ms) => ms * drift[i]!)),
      });
    const [base, next] = [[noisy(1, 1)], [noisy(1.1, 2)]];
    expect(differenceOf(base, next, 0).changes[0]!.verdict).toBe('same');
    const paired = differenceOf(base, next, 0, { paired: true }).changes[0]!;
    expect(paired.verdict).toBe('slower');
    expect(paired.ratio).toBeCloseTo(1.1, 1);
    expect(paired.interval![1] - paired.interval![0]).toBeLessThan(0.03);
  });

  it('of a machine that became slower is not a regression of the formats', () => {
    const at = (ms: number, referenceMs: number): CellRecord[] => [
      madeCell({ samples: madeTimes(ms, 5, 0.001, 3), referenceMs }),
    ];
    const [base, slow] = [at(10, 5), at(12, 6)];
    expect(driftOf(base, slow).ratio).toBeCloseTo(1.2, 12);
    expect(hasRegression(differenceOf(base, slow, 0))).toBe(true);
    expect(hasRegression(differenceOf(base, slow, 0, { drift: driftOf(base, slow).ratio }))).toBe(false);
    const slower = at(24, 6);
    expect(hasRegression(differenceOf(base, slower, 0, { drift: driftOf(base, slower).ratio }))).toBe(true);
    expect(driftOf([madeCell()], slow)).toEqual({ ratio: 1, known: false, restarted: false });
  });

  it('of times exists on one machine only, of sizes on all', () => {
    const base = [madeCell({ samples: madeTimes(1, 5, 0.01, 1), bytes: 100 })];
    const next = [madeCell({ samples: madeTimes(9, 5, 0.01, 2), bytes: 200, machine: 'machine-2' })];
    const difference = differenceOf(base, next, 0);
    expect(difference.changes[0]).toMatchObject({ verdict: 'unknown', ratio: undefined, size: 2 });
    const text = renderCompare(difference, 0);
    expect(text).toContain('from different machines');
    expect(text).toMatch(/## Sizes of files[\s\S]*2\.0000/);
  });

  it('tells cells that lost their time, or got one', () => {
    const [timed, none] = [madeCell({ samples: [[1], [1]] }), madeCell()];
    expect(differenceOf([timed], [none], 0).changes[0]!.verdict).toBe('broken');
    expect(hasRegression(differenceOf([timed], [none], 0))).toBe(true);
    expect(differenceOf([none], [timed], 0).changes[0]!.verdict).toBe('mended');
    expect(differenceOf([none], [none], 0).changes[0]!.verdict).toBe('same');
  });

  it('tells machines of one make apart by their start', () => {
    const boot = (run: string, name: string) =>
      madeRun(run, { machine: { ...madeRun(run).machine, boot: name } });
    expect(driftOf([boot('a', 'x')], [boot('b', 'x')]).restarted).toBe(false);
    expect(driftOf([boot('a', 'x')], [boot('b', 'y')]).restarted).toBe(true);
  });
});
