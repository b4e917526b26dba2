import type { Measure, Measured } from './measures.js';
import { type Row, type WorkloadResults, withPeers } from './model.js';

/** Several sizes of one workload. */
export interface Family {
  readonly id: string;
  /** What grows: `rows`, or `bytes of values` where several parameters do. */
  readonly axis: string;
  /** Smallest first. */
  readonly sizes: readonly { readonly x: number; readonly results: WorkloadResults }[];
}

export interface GrowthPoint extends Measured {
  readonly x: number;
  readonly row: Row;
}

/** One row's measure over the sizes, with the power law that fits it. */
export interface Series {
  readonly label: string;
  readonly format: string;
  readonly points: readonly GrowthPoint[];
  readonly fit: PowerLaw | undefined;
}

/** `value = factor × x^exponent`, by least squares of the logarithms. */
export interface PowerLaw {
  readonly exponent: number;
  /** Standard error of the exponent; null for two points, which any line meets. */
  readonly error: number | null;
}

/** Where one row overtakes another; beyond the noise on both sides. */
export interface Crossover {
  /** Better below `x`. */
  readonly below: Series;
  /** Better above it. */
  readonly above: Series;
  readonly x: number;
  /** The two sizes between which it lies. */
  readonly between: readonly [number, number];
}

/** Nearer ones are not called ahead, also where a figure is exact. */
const SMALLEST_LEAD = 0.05;

/** Workloads that were measured in more than one size, on one machine. */
export function familiesOf(workloads: readonly WorkloadResults[]): Family[] {
  const groups = new Map<string, WorkloadResults[]>();
  for (const results of workloads) {
    // Different files of a reader are no sizes of one thing.
    if (results.workload.id === 'file') continue;
    const id = `${results.workload.id} ${results.machine}`;
    groups.set(id, [...(groups.get(id) ?? []), results]);
  }
  return [...groups].filter(([, members]) => members.length > 1).map(([id, members]) => family(id, members));
}

function family(id: string, members: readonly WorkloadResults[]): Family {
  const names = Object.keys(members[0]!.workload.parameters).filter(
    (name) => new Set(members.map(({ workload }) => workload.parameters[name])).size > 1,
  );
  const [only] = names;
  const byName =
    names.length === 1 && members.every((one) => typeof one.workload.parameters[only!] === 'number');
  const sizes = members
    .map((results) => ({
      x: byName ? Number(results.workload.parameters[only!]) : results.workload.dataset.bytes,
      results,
    }))
    .sort((a, b) => a.x - b.x);
  return { id, axis: byName ? only! : 'bytes of values', sizes };
}

/** One series a row that `keep` admits, of those measured in at least two sizes. */
export function seriesOf(family: Family, measure: Measure, keep: (row: Row) => boolean): Series[] {
  const series = new Map<string, GrowthPoint[]>();
  for (const { x, results } of family.sizes) {
    for (const row of withPeers(results)) {
      const found = keep(row) ? measure.read(row) : undefined;
      if (found === undefined) continue;
      const points = series.get(row.label) ?? [];
      points.push({ x, ...found, row });
      series.set(row.label, points);
    }
  }
  return [...series]
    .filter(([, points]) => points.length > 1)
    .map(([label, points]) => ({ label, format: points[0]!.row.format, points, fit: fitPowerLaw(points) }));
}

/** Undefined for fewer than two sizes. */
export function fitPowerLaw(
  points: readonly { readonly x: number; readonly value: number }[],
): PowerLaw | undefined {
  const usable = points.filter(({ x, value }) => x > 0 && value > 0);
  if (usable.length < 2) return undefined;
  const xs = usable.map(({ x }) => Math.log(x));
  const ys = usable.map(({ value }) => Math.log(value));
  const [meanX, meanY] = [mean(xs), mean(ys)];
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  if (spread === 0) return undefined;
  const exponent = xs.reduce((sum, x, i) => sum + (x - meanX) * (ys[i]! - meanY), 0) / spread;
  if (usable.length === 2) return { exponent, error: null };
  const residual = xs.reduce((sum, x, i) => sum + (ys[i]! - meanY - exponent * (x - meanX)) ** 2, 0);
  return { exponent, error: Math.sqrt(residual / (usable.length - 2) / spread) };
}

/**
 * All crossings between pairs, those nearest to the best first.
 *
 * @param lead share by which one must be ahead of the other on both sides: 5 %, or the noise where that is more
 */
export function crossoversOf(series: readonly Series[], lead = SMALLEST_LEAD): Crossover[] {
  const found: { readonly crossover: Crossover; readonly rank: number }[] = [];
  const ranks = rankAtLargest(series);
  for (const [i, one] of series.entries()) {
    for (const other of series.slice(i + 1)) {
      const crossover = crossing(one, other, lead);
      if (crossover !== undefined)
        found.push({ crossover, rank: Math.max(ranks.get(one.label)!, ranks.get(other.label)!) });
    }
  }
  return found.sort((a, b) => a.rank - b.rank).map(({ crossover }) => crossover);
}

/** The last crossing of two series; undefined where their order never turns beyond their intervals. */
function crossing(one: Series, other: Series, lead: number): Crossover | undefined {
  const pairs = one.points.flatMap((point) => {
    const peer = other.points.find(({ x }) => x === point.x);
    return peer === undefined ? [] : [{ x: point.x, a: point, b: peer }];
  });
  const clear = pairs.filter(
    ({ a, b }) =>
      a.uncertain === undefined &&
      b.uncertain === undefined &&
      (a.high < b.low || b.high < a.low) &&
      Math.abs(Math.log(a.value / b.value)) > Math.log(1 + lead),
  );
  for (let i = clear.length - 1; i > 0; i--) {
    const [left, right] = [clear[i - 1]!, clear[i]!];
    const [before, after] = [Math.log(left.a.value / left.b.value), Math.log(right.a.value / right.b.value)];
    if (before * after >= 0) continue;
    const share = before / (before - after);
    const x = Math.exp(Math.log(left.x) + share * Math.log(right.x / left.x));
    const between = [left.x, right.x] as const;
    return before < 0 ? { below: one, above: other, x, between } : { below: other, above: one, x, between };
  }
  return undefined;
}

function rankAtLargest(series: readonly Series[]): Map<string, number> {
  const order = [...series].sort((a, b) => a.points.at(-1)!.value - b.points.at(-1)!.value);
  return new Map(order.map(({ label }, i) => [label, i]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
