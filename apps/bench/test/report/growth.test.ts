import { describe, expect, it } from 'vitest';
import { frontierOf } from '../../src/report/frontier.js';
import { crossoversOf, familiesOf, fitPowerLaw, seriesOf } from '../../src/report/growth.js';
import { measuresOf, timeMeasure } from '../../src/report/measures.js';
import { reportModel } from '../../src/report/model.js';
import { cell, type Given, results } from './records.js';

const SIZES = [100, 1000, 10_000, 100_000];

/** One cell a size, of `ms(rows)`. */
function grown(format: string, ms: (rows: number) => number, more: Partial<Given> = {}): Given[] {
  return SIZES.map((rows) => ({ format, operation: 'read', rows, ms: ms(rows), ...more }));
}

function seriesFor(...given: readonly Given[]) {
  const [family] = familiesOf(reportModel(given.map(cell)).workloads);
  return seriesOf(family!, timeMeasure('read'), () => true);
}

describe('families', () => {
  it('are the sizes of one workload on one machine, smallest first, by what varies', () => {
    const cells = [...grown('a', (rows) => rows), { format: 'a', rows: 5, machine: 'other' }];
    const families = familiesOf(reportModel([...cells].reverse().map(cell)).workloads);
    expect(families.length).toBe(1);
    expect(families[0]!.axis).toBe('rows');
    expect(families[0]!.sizes.map(({ x }) => x)).toEqual(SIZES);
  });

  it('are none where each workload has one size', () => {
    expect(familiesOf(reportModel([cell({ format: 'a' })]).workloads)).toEqual([]);
  });
});

describe('power laws', () => {
  it('are found exactly: 3 x^0.75', () => {
    const fit = fitPowerLaw(SIZES.map((x) => ({ x, value: 3 * x ** 0.75 })))!;
    expect(fit.exponent).toBeCloseTo(0.75, 12);
    expect(fit.error).toBeCloseTo(0, 9);
  });

  it('have the standard error of a least-squares slope', () => {
    // ln x: 0, 1, 2; ln y: 0, 2, 1. Slope 0.5, residuals −0.5, 1, −0.5: √(1.5 / 1 / 2).
    const fit = fitPowerLaw([
      { x: 1, value: 1 },
      { x: Math.E, value: Math.E ** 2 },
      { x: Math.E ** 2, value: Math.E },
    ])!;
    expect(fit.exponent).toBeCloseTo(0.5, 12);
    expect(fit.error).toBeCloseTo(Math.sqrt(0.75), 12);
  });

  it('have no error from two points, and are none from one', () => {
    expect(
      fitPowerLaw([
        { x: 1, value: 1 },
        { x: 10, value: 100 },
      ]),
    ).toEqual({
      exponent: expect.closeTo(2, 12),
      error: null,
    });
    expect(fitPowerLaw([{ x: 1, value: 1 }])).toBeUndefined();
    expect(
      fitPowerLaw([
        { x: 5, value: 1 },
        { x: 5, value: 2 },
      ]),
    ).toBeUndefined();
  });

  it('belong to each row of the data', () => {
    const [linear, constant] = seriesFor(...grown('a', (rows) => rows / 100), ...grown('b', () => 7));
    expect(linear!.fit!.exponent).toBeCloseTo(1, 12);
    expect(constant!.fit!.exponent).toBeCloseTo(0, 12);
  });
});

describe('crossovers', () => {
  const fast = grown('linear', (rows) => rows / 316.227766);
  const root = grown('root', (rows) => (3 * Math.sqrt(rows)) / 10);

  it('lie where two power laws meet', () => {
    // rows / 316.23 = 0.3 √rows at rows = (0.3 × 316.23)² = 9,000.
    const [only, ...others] = crossoversOf(seriesFor(...fast, ...root));
    expect(others).toEqual([]);
    expect(only!.x).toBeCloseTo(9000, -1);
    expect([only!.below.label, only!.above.label]).toEqual(['linear', 'root']);
    expect(only!.between).toEqual([1000, 10_000]);
  });

  it('are the same whichever row comes first', () => {
    const [one] = crossoversOf(seriesFor(...fast, ...root));
    const [other] = crossoversOf([...seriesFor(...fast, ...root)].reverse());
    expect([other!.below.label, other!.above.label, other!.x]).toEqual([
      one!.below.label,
      one!.above.label,
      one!.x,
    ]);
  });

  it('are not claimed where intervals overlap on one side', () => {
    expect(crossoversOf(seriesFor(...fast.map((one) => ({ ...one, half: 0.95 })), ...root))).toEqual([]);
  });

  it('are not claimed without intervals', () => {
    expect(crossoversOf(seriesFor(...fast.map((one) => ({ ...one, half: null })), ...root))).toEqual([]);
  });

  it('are not claimed within the lead that is asked for', () => {
    // Ahead by 3 % on the left, by 50 % on the right.
    const a = grown('a', (rows) => (rows < 1000 ? 100 : 150), { half: 0.001 });
    const b = grown('b', (rows) => (rows < 1000 ? 103 : 100), { half: 0.001 });
    expect(crossoversOf(seriesFor(...a, ...b))).toEqual([]);
    expect(crossoversOf(seriesFor(...a, ...b), 0.02).length).toBe(1);
  });

  it('are none where the order stays', () => {
    expect(crossoversOf(seriesFor(...grown('a', (rows) => rows), ...grown('b', (rows) => 2 * rows)))).toEqual(
      [],
    );
  });
});

describe('frontier', () => {
  const point = (x: number, y: number) => ({ x, y });

  it('holds what no other beats in both', () => {
    const points = [point(1, 9), point(2, 5), point(3, 6), point(4, 1), point(5, 1), point(2, 7)];
    expect(frontierOf(points)).toEqual([point(1, 9), point(2, 5), point(4, 1)]);
  });

  it('takes one of equal points, and none of none', () => {
    expect(frontierOf([point(1, 1), point(1, 1)])).toEqual([point(1, 1)]);
    expect(frontierOf([])).toEqual([]);
  });

  it('beats or equals every other point, and none of its own, for many made ones', () => {
    const points = Array.from({ length: 200 }, (_, i) => point((i * 7919) % 101, (i * 104729) % 97));
    const frontier = frontierOf(points);
    const beats = (a: { x: number; y: number }, b: { x: number; y: number }): boolean =>
      a.x <= b.x && a.y <= b.y && (a.x < b.x || a.y < b.y);
    for (const one of frontier) expect(points.some((other) => beats(other, one))).toBe(false);
    for (const one of points) expect(frontier.some((best) => best.x <= one.x && best.y <= one.y)).toBe(true);
  });
});

describe('measures', () => {
  it('are those that some row has, and read exact figures without a spread', () => {
    const { operations, rows } = results(
      { format: 'a', operation: 'write', ms: 10, half: 0.1, bytes: 500 },
      { format: 'b', operation: 'write', ms: 20, half: null, bytes: 700 },
    );
    const measures = measuresOf(operations, rows);
    expect(measures.map(({ id }) => id)).toEqual(['write', 'size']);
    const [write, size] = measures;
    expect(write!.read(rows[0]!)).toEqual({ value: 10, low: 9, high: 11 });
    expect(write!.read(rows[1]!)).toEqual({ value: 20, low: 20, high: 20, uncertain: true });
    expect(size!.read(rows[0]!)).toEqual({ value: 500, low: 500, high: 500 });
  });

  it('leave out a zero, which has no place on a logarithmic axis', () => {
    const { operations, rows } = results({
      format: 'a',
      operation: 'read-one',
      io: { bytesRead: 0 },
    });
    expect(measuresOf(operations, rows).map(({ id }) => id)).toEqual(['read-one']);
  });
});
