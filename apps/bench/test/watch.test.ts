import { describe, expect, it } from 'vitest';
import type { Prediction } from '../src/results/record.js';
import { worstPrediction } from '../src/run/predictions.js';
import { Watch, type WatchedState } from '../src/run/watch.js';
import { seededRandom } from '../src/statistics/random.js';
import { widening } from '../src/statistics/small-sample.js';

const SETTINGS = { repeats: 3, mostRepeats: 30 as number, quick: false, timeoutSeconds: 60, sampleMs: 100 };

class SimulatedCell implements WatchedState {
  isChecked = false;
  isMeasurable = false;
  hasMemory = false;
  readonly processes: unknown[] = [];
  /** Ms of one process. */
  readonly costMs: number;
  readonly #noise: number;

  constructor(costMs: number, noise: number) {
    this.costMs = costMs;
    this.#noise = noise;
  }

  get width(): number {
    const count = this.processes.length;
    return count < 2 ? Number.POSITIVE_INFINITY : (this.#noise * widening(count)) / Math.sqrt(count);
  }
}

/** A whole run of simulated cells on a simulated clock: what it said, and how long it took. */
function simulate(
  seed: number,
  maxSeconds: number | undefined,
  settings = SETTINGS,
): { worst: number; totalMs: number } {
  const random = seededRandom(seed);
  const cells = Array.from(
    { length: 80 },
    () => new SimulatedCell(300 + 400 * random() ** 3, 0.02 + 0.15 * random()),
  );
  let now = 0;
  const watch = new Watch(
    cells,
    { settings: { ...settings, maxSeconds }, samples: { sampleMs: 100, warmupMs: 50 } },
    { update() {}, end() {} },
    new AbortController().signal,
    { clock: () => now },
  );
  const spend = (phase: 'check' | 'memory' | 'time', cell: SimulatedCell, ms: number): void => {
    now += ms;
    if (phase === 'check') {
      cell.isChecked = true;
      // A few cannot be measured.
      cell.isMeasurable = random() < 0.95;
    }
    if (phase === 'memory') cell.hasMemory = true;
    if (phase === 'time') cell.processes.push({});
    watch.passed(phase, 1, ms, '');
  };
  for (const cell of cells) spend('check', cell, 150 + 100 * random());
  for (const cell of cells) if (cell.isMeasurable) spend('memory', cell, 250 + 100 * random());
  for (let block = 0; block < settings.mostRepeats; block++)
    for (const cell of cells) {
      if (!cell.isMeasurable || (block >= settings.repeats && cell.width < 0.03)) continue;
      if (block === 0 || !watch.isOver) spend('time', cell, cell.costMs * (0.8 + 0.4 * random()));
    }
  return { worst: worstPrediction(watch.predictions, now), totalMs: now };
}

describe('the time left', () => {
  it.each([1, 2, 3, 4, 5])('is told right within a factor 1.5 after the first fifth, run %i', (seed) => {
    const { worst, totalMs } = simulate(seed, 210);
    expect(totalMs).toBeGreaterThan(120_000);
    expect(worst).toBeLessThan(1.5);
  });

  it('is told right where cells settle before the limit', () => {
    const { worst, totalMs } = simulate(1, 3600);
    expect(totalMs).toBeLessThan(3_000_000);
    expect(worst).toBeLessThan(1.5);
  });

  it('is told right without a limit too', () => {
    expect(simulate(1, undefined, { ...SETTINGS, repeats: 10, mostRepeats: 10 }).worst).toBeLessThan(1.5);
  });

  it('is judged from the first fifth on, and not where almost nothing is left', () => {
    const at = (...predictions: Prediction[]): number => worstPrediction(predictions, 100_000);
    expect(at([10_000, 1])).toBe(1);
    expect(at([50_000, 50_000])).toBe(1);
    expect(at([50_000, 100_000])).toBe(2);
    expect(at([50_000, 25_000], [60_000, 40_000])).toBe(2);
    expect(at([99_900, 1900])).toBe(1);
  });
});
