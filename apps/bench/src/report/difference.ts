import type { CellRecord, ResultRecord } from '../results/record.js';

/** Two runs, cell by cell. */
export interface Difference {
  /** Times are compared only when every cell of both was measured on one machine. */
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
  /** The interval holds 1, or the effect is under 5 % or the noise. */
  | 'same'
  /** Times without intervals, or of different machines. */
  | 'unknown'
  /** Had a time and has none now. */
  | 'broken'
  | 'mended';

const SMALLEST_EFFECT = 0.05;
/** Standard deviations on either side of a normal distribution's middle 95 %. */
const SIGMAS_95 = 1.96;

/** `noise`: share by which the same cell differs from itself. */
export function differenceOf(
  base: readonly ResultRecord[],
  next: readonly ResultRecord[],
  noise: number,
): Difference {
  const [before, after] = [cellsOf(base), cellsOf(next)];
  const machines = new Set([...before.values(), ...after.values()].map(({ machine }) => machine));
  const sameMachine = machines.size === 1;
  const changes = [...before].flatMap(([id, cell]) => {
    const now = after.get(id);
    return now === undefined ? [] : [changeOf(cell, now, sameMachine, noise)];
  });
  return {
    sameMachine,
    changes,
    onlyBase: before.size - changes.length,
    onlyNext: after.size - changes.length,
  };
}

function changeOf(base: CellRecord, next: CellRecord, sameMachine: boolean, noise: number): Change {
  const size = base.file === null || next.file === null ? undefined : next.file.bytes / base.file.bytes;
  const common = { base, next, size };
  if (base.times !== null && next.times === null)
    return { ...common, ratio: undefined, interval: undefined, verdict: 'broken' };
  if (base.times === null || next.times === null) {
    const verdict = next.times === null ? 'same' : 'mended';
    return { ...common, ratio: undefined, interval: undefined, verdict };
  }
  if (!sameMachine) return { ...common, ratio: undefined, interval: undefined, verdict: 'unknown' };
  const ratio = next.times.medianMs / base.times.medianMs;
  const interval = ratioInterval(ratio, base, next);
  return { ...common, ratio, interval, verdict: verdictOf(ratio, interval, noise) };
}

function verdictOf(ratio: number, interval: readonly [number, number] | undefined, noise: number): Verdict {
  if (interval === undefined) return 'unknown';
  const effect = Math.max(ratio, 1 / ratio) - 1;
  if (effect <= Math.max(SMALLEST_EFFECT, noise)) return 'same';
  if (interval[0] > 1) return 'slower';
  return interval[1] < 1 ? 'faster' : 'same';
}

/** The intervals of two independent medians taken as those of log-normal variables. */
function ratioInterval(
  ratio: number,
  base: CellRecord,
  next: CellRecord,
): readonly [number, number] | undefined {
  const [a, b] = [logDeviation(base), logDeviation(next)];
  if (a === undefined || b === undefined) return undefined;
  const reach = Math.exp(SIGMAS_95 * Math.hypot(a, b));
  return [ratio / reach, ratio * reach];
}

function logDeviation({ times }: CellRecord): number | undefined {
  const interval = times?.interval95Ms;
  if (interval == null || interval[0] <= 0) return undefined;
  return Math.log(interval[1] / interval[0]) / (2 * SIGMAS_95);
}

function cellsOf(records: readonly ResultRecord[]): Map<string, CellRecord> {
  const cells = new Map<string, CellRecord>();
  // Peers tell of the machine and of other people's work: no regression of ours.
  for (const record of records)
    if (record.kind === 'cell' && record.peer === undefined) cells.set(record.cell, record);
  return cells;
}
