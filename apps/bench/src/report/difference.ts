import type { CellRecord, ResultRecord } from '../results/record.js';
import { medianRatio, pairsOf, ratioInterval } from '../statistics/bootstrap.js';
import { holmRejects } from '../statistics/holm.js';
import { studentReach, studentTails } from '../statistics/student.js';

/** Two runs, cell by cell. */
export interface Difference {
  /** Whether every cell of both was measured on one machine; times of a cell are compared only where its two were. */
  readonly sameMachine: boolean;
  readonly changes: readonly Change[];
  readonly onlyBase: number;
  readonly onlyNext: number;
}

export interface Change {
  readonly base: CellRecord;
  readonly next: CellRecord;
  /** New median over old one; undefined without both, or on different machines. */
  readonly ratio: number | undefined;
  /** 95 % of it; undefined where one run has no interval. */
  readonly interval: readonly [number, number] | undefined;
  readonly verdict: Verdict;
  /** New file over old one. */
  readonly size: number | undefined;
}

export type Verdict =
  | 'slower'
  | 'faster'
  /** No difference can be claimed: see {@link differenceOf}. */
  | 'same'
  /** Times without intervals, or of different machines. */
  | 'unknown'
  /** Had a time and has none now. */
  | 'broken'
  | 'mended';

const SMALLEST_EFFECT = 0.05;

export interface DifferenceOptions {
  /** The runs shared their blocks: a process of one is compared with that of the other in the same block. */
  readonly paired?: boolean;
  /** How much longer the reference work took in the new run: every interval is widened by it. Default 1. */
  readonly drift?: number;
}

/** What one cell's ratio is known to be. */
interface Estimate {
  readonly ratio: number;
  readonly interval: readonly [number, number];
  /** Probability of a ratio as far from 1 as this one where nothing changed. */
  readonly chance: number;
}

/**
 * `noise`: share by which the same cell differs from itself. A difference is claimed where it exceeds 5 % and the
 * noise, its own 95 % interval excludes 1, and it stands among as many comparisons as were made (Holm's procedure):
 * of 20 pairs of runs between which nothing changed, one in the mean has a cell that is called slower or faster.
 */
export function differenceOf(
  base: readonly ResultRecord[],
  next: readonly ResultRecord[],
  noise: number,
  options: DifferenceOptions = {},
): Difference {
  const [before, after] = [cellsOf(base), cellsOf(next)];
  const machines = new Set([...before.values(), ...after.values()].map(({ machine }) => machine));
  const compared = [...before].flatMap(([id, cell]) => {
    const now = after.get(id);
    return now === undefined ? [] : [{ base: cell, next: now, estimate: estimateOf(cell, now, options) }];
  });
  const rejected = holmRejects(compared.map(({ estimate }) => estimate?.chance ?? 1));
  const changes = compared.map(({ base: one, next: other, estimate }, i) =>
    changeOf(one, other, estimate, rejected[i]!, noise),
  );
  return {
    sameMachine: machines.size === 1,
    changes,
    onlyBase: before.size - changes.length,
    onlyNext: after.size - changes.length,
  };
}

/** Whether the ratio is farther from 1 than is claimed at all: more than 5 % and more than the noise. */
export function isLarge(ratio: number, noise: number): boolean {
  return Math.max(ratio, 1 / ratio) - 1 > Math.max(SMALLEST_EFFECT, noise);
}

function changeOf(
  base: CellRecord,
  next: CellRecord,
  estimate: Estimate | undefined,
  rejected: boolean,
  noise: number,
): Change {
  const size = base.file === null || next.file === null ? undefined : next.file.bytes / base.file.bytes;
  const common = { base, next, size, ratio: undefined, interval: undefined };
  if (base.times === null || next.times === null) {
    if (base.times !== null) return { ...common, verdict: 'broken' };
    return { ...common, verdict: next.times === null ? 'same' : 'mended' };
  }
  if (base.machine !== next.machine) return { ...common, verdict: 'unknown' };
  if (estimate === undefined)
    return { ...common, ratio: next.times.medianMs / base.times.medianMs, verdict: 'unknown' };
  const { ratio, interval } = estimate;
  const excludesOne = interval[0] > 1 || interval[1] < 1;
  const claimed = rejected && excludesOne && isLarge(ratio, noise);
  return { ...common, ratio, interval, verdict: claimed ? (ratio > 1 ? 'slower' : 'faster') : 'same' };
}

/** Undefined without intervals on both sides, or on different machines. */
function estimateOf(base: CellRecord, next: CellRecord, options: DifferenceOptions): Estimate | undefined {
  const { paired = false, drift = 1 } = options;
  if (base.machine !== next.machine || base.times === null || next.times === null) return undefined;
  const spread = paired ? pairedSpread(base, next) : independentSpread(base, next);
  if (spread === undefined) return undefined;
  const { ratio, deviation, freedom } = spread;
  const log = Math.log(ratio);
  const shift = Math.abs(Math.log(drift));
  const reach = studentReach(freedom) * deviation + shift;
  const beyond = Math.max(0, Math.abs(log) - shift);
  return {
    ratio,
    interval: [Math.exp(log - reach), Math.exp(log + reach)],
    chance: beyond === 0 ? 1 : studentTails(beyond / deviation, freedom),
  };
}

/** Of a logarithm of times: standard deviation of its estimate, and how many degrees of freedom that rests on. */
interface Spread {
  readonly deviation: number;
  readonly freedom: number;
}

interface RatioSpread extends Spread {
  /** New over old. */
  readonly ratio: number;
}

/** Of the ratio of two medians measured apart from each other (Welch and Satterthwaite). */
function independentSpread(base: CellRecord, next: CellRecord): RatioSpread | undefined {
  const [a, b] = [spreadOf(base), spreadOf(next)];
  if (a === undefined || b === undefined) return undefined;
  // Both have a median, or they had no spread.
  const ratio = next.times!.medianMs / base.times!.medianMs;
  const deviation = Math.hypot(a.deviation, b.deviation);
  if (deviation === 0) return { ratio, deviation, freedom: a.freedom + b.freedom };
  const parts = a.deviation ** 4 / a.freedom + b.deviation ** 4 / b.freedom;
  return { ratio, deviation, freedom: deviation ** 4 / parts };
}

/** What an interval that was widened for few processes says of the median's logarithm. */
function spreadOf({ times }: CellRecord): Spread | undefined {
  const interval = times?.interval95Ms;
  if (times == null || interval == null || interval[0] <= 0) return undefined;
  const freedom = times.processes - 1;
  return { deviation: Math.log(interval[1] / interval[0]) / (2 * studentReach(freedom)), freedom };
}

function pairedSpread(base: CellRecord, next: CellRecord): RatioSpread | undefined {
  const pairs = pairsOf(next.processes, base.processes);
  const interval = ratioInterval(pairs);
  if (interval === undefined) return undefined;
  const freedom = pairs.length - 1;
  const deviation = Math.log(interval[1] / interval[0]) / (2 * studentReach(freedom));
  return { ratio: medianRatio(pairs), deviation, freedom };
}

function cellsOf(records: readonly ResultRecord[]): Map<string, CellRecord> {
  const cells = new Map<string, CellRecord>();
  // Peers tell of the machine and of other people's work: no regression of ours.
  for (const record of records)
    if (record.kind === 'cell' && record.peer === undefined) cells.set(record.cell, record);
  return cells;
}
