import type { CellRecord, ResultRecord } from '../results/record.js';
import { ratioOf } from './ratio.js';

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
  const { ratio, interval } = ratioOf([next.times], [base.times]);
  return { ...common, ratio, interval, verdict: verdictOf(ratio, interval, noise) };
}

function verdictOf(ratio: number, interval: readonly [number, number] | undefined, noise: number): Verdict {
  if (interval === undefined) return 'unknown';
  const effect = Math.max(ratio, 1 / ratio) - 1;
  if (effect <= Math.max(SMALLEST_EFFECT, noise)) return 'same';
  if (interval[0] > 1) return 'slower';
  return interval[1] < 1 ? 'faster' : 'same';
}

function cellsOf(records: readonly ResultRecord[]): Map<string, CellRecord> {
  const cells = new Map<string, CellRecord>();
  for (const record of records) if (record.kind === 'cell') cells.set(record.cell, record);
  return cells;
}
