import type { CellRecord, ResultRecord, RunRecord } from '../results/record.js';
import { median } from '../statistics/quantile.js';

/** What the machine, and not the formats, did otherwise in the new run. */
export interface Drift {
  /** How much longer the reference work took, in the median over all processes: 1 for no difference, or unknown. */
  readonly ratio: number;
  readonly known: boolean;
  /** The machines look alike, but were not started at the same time: one machine after a restart, or two of a make. */
  readonly restarted: boolean;
}

export function driftOf(base: readonly ResultRecord[], next: readonly ResultRecord[]): Drift {
  const [before, after] = [referenceOf(base), referenceOf(next)];
  const known = before !== undefined && after !== undefined;
  const boots = new Set([...base, ...next].flatMap(bootOf));
  return { ratio: known ? after / before : 1, known, restarted: boots.size > 1 };
}

function referenceOf(records: readonly ResultRecord[]): number | undefined {
  const times = records
    .filter((record): record is CellRecord => record.kind === 'cell')
    .flatMap(({ processes }) => processes.flatMap(({ referenceMs }) => referenceMs ?? []));
  return times.length === 0 ? undefined : median(times);
}

function bootOf(record: ResultRecord): string[] {
  const { machine } = record as Partial<RunRecord>;
  return record.kind === 'run' && machine?.boot !== undefined ? [machine.boot] : [];
}
