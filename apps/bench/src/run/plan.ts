import type { Cell } from '../cells.js';
import type { LoadedFormats } from '../formats.js';
import type { SampleSettings } from '../processes/job.js';
import type { CellRecord, NoiseRecord, RunRecord, RunSettings } from '../results/record.js';

/** Everything that a run was asked for. */
export interface RunPlan {
  readonly command: readonly string[];
  readonly seed: number;
  readonly cells: readonly Cell[];
  readonly formats: LoadedFormats;
  readonly settings: RunSettings;
  readonly samples: SampleSettings;
  /** What an interrupted run had done, to go on with it. */
  readonly earlier?: EarlierRun;
  /** Folder for results and report. */
  readonly out: string;
  /** Folder under which the run's files are made. */
  readonly temp: string;
  /** The user's file for the workload `file`, with its selector, and its format where it was named. */
  readonly data:
    | {
        readonly input: string;
        readonly format: string | undefined;
        /** Only so many bytes of its values, from the beginning. */
        readonly sampleBytes?: number;
      }
    | undefined;
}

/** A run that was interrupted. */
export interface EarlierRun {
  readonly run: RunRecord;
  readonly cells: ReadonlyMap<string, CellRecord>;
  readonly noise: NoiseRecord | undefined;
}
