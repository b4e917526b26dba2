import type { Change } from '../report/difference.js';

/** Share of cells that may differ though nothing changed. */
export const EXPECTED_ALARMS = 0.05;

export interface Alarms {
  /** Cells that both runs have an interval of. */
  readonly cells: number;
  /** Of these, how many differ. */
  readonly outside: number;
  /** The most that pass. */
  readonly most: number;
}

/** Cells the interval of whose ratio excludes 1: the expected share of them does, and as many more as chance allows. */
export function excludingOne(changes: readonly Change[]): Alarms {
  const timed = changes.flatMap(({ interval }) => (interval === undefined ? [] : [interval]));
  const outside = timed.filter(([low, high]) => low > 1 || high < 1).length;
  return { cells: timed.length, outside, most: withinChance(timed.length) };
}

/**
 * Cells whose reported intervals do not overlap: what a report calls a difference. At most the expected share may.
 *
 * @param drift how much longer the reference work took in one run: they are widened by it
 */
export function apart(changes: readonly Change[], drift = 1): Alarms {
  const pairs = changes.flatMap(({ base, next }) => {
    const [one, other] = [base.times?.interval95Ms, next.times?.interval95Ms];
    return one == null || other == null ? [] : [{ one, other }];
  });
  const wide = Math.max(drift, 1 / drift);
  const outside = pairs.filter(({ one, other }) => one[1] * wide < other[0] || other[1] * wide < one[0]);
  return { cells: pairs.length, outside: outside.length, most: Math.floor(EXPECTED_ALARMS * pairs.length) };
}

/** The smallest count that a binomial variable with the expected share stays at or below in 95 of 100 cases. */
export function withinChance(cells: number): number {
  let probability = (1 - EXPECTED_ALARMS) ** cells;
  let sum = probability;
  let count = 0;
  while (sum < 0.95 && count < cells) {
    probability *= ((cells - count) / (count + 1)) * (EXPECTED_ALARMS / (1 - EXPECTED_ALARMS));
    count++;
    sum += probability;
  }
  return count;
}
