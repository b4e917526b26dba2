import type { CellRecord, ResultRecord } from '../results/record.js';

/** What one cell measured twice under two names differs by, where the run did that. */
export interface Noise {
  /** Share: 0.02 for 2 %. */
  readonly share: number;
  readonly run: string;
}

/** The largest A/A difference of the runs. */
export function noiseOf(records: readonly ResultRecord[]): Noise | undefined {
  let largest: Noise | undefined;
  for (const record of records) {
    if (record.kind !== 'noise' || record.share <= (largest?.share ?? -1)) continue;
    largest = { share: record.share, run: record.run };
  }
  return largest;
}

/** That of the runs in which these cells were timed; undefined where none of them measured it. */
export function noiseOfCells(
  records: readonly ResultRecord[],
  cells: Iterable<CellRecord>,
): Noise | undefined {
  const runs = new Set<string>();
  for (const { run, times } of cells) if (times !== null) runs.add(run);
  return noiseOf(records.filter(({ kind, run }) => kind === 'noise' && runs.has(run)));
}
