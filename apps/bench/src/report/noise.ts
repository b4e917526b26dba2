import type { ResultRecord } from '../results/record.js';

/** What one cell measured twice under two names differs by, where the run did that. */
export interface Noise {
  /** Share: 0.02 for 2 %. */
  readonly share: number;
  readonly run: string;
}

/**
 * The largest A/A difference of the runs. Runs of before the A/A pair have none; a record of it is read
 * loosely, as its place in the file is the measurement's to choose.
 */
export function noiseOf(records: readonly ResultRecord[]): Noise | undefined {
  let largest: Noise | undefined;
  for (const record of records as readonly unknown[]) {
    const share = shareOf(record);
    if (share !== undefined && (largest === undefined || share > largest.share))
      largest = { share, run: String((record as { run?: unknown }).run ?? '') };
  }
  return largest;
}

function shareOf(record: unknown): number | undefined {
  const { kind, noiseFloor, noise, ratio, share } = record as Readonly<Record<string, unknown>>;
  for (const candidate of [noiseFloor, noise]) {
    if (typeof candidate === 'number') return asShare(candidate);
    if (typeof candidate === 'object' && candidate !== null) {
      const inner = candidate as Readonly<Record<string, unknown>>;
      for (const field of ['share', 'floor', 'difference', 'ratio'])
        if (typeof inner[field] === 'number') return asShare(inner[field] as number, field === 'ratio');
    }
  }
  if (kind !== 'noise') return undefined;
  if (typeof share === 'number') return asShare(share);
  return typeof ratio === 'number' ? asShare(ratio, true) : undefined;
}

function asShare(value: number, isRatio = false): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  return isRatio ? Math.abs(value - 1) : Math.abs(value);
}
