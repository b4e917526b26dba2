import type { Loss } from '@formatlab/core';
import type { Cell, FormatChoice, Group } from '../cells.js';
import type { ChapterRow, ChapterSettings, Program } from '../chapter/chapter-row.js';
import type { CounterStep, StepResult } from '../counter/step.js';
import type { GoalJob, GoalSamples } from '../goals/goal.js';
import type { CellRecord, IoUse, MemoryUse, OperationId, ProcessSamples } from '../results/record.js';
import type { WorkloadSpec } from '../workloads/workload.js';

/** Files that the processes of a run pass on to each other. */
export interface GroupFiles {
  /** The whole value, for writing. */
  readonly dataset: string;
  /** What the operations on single entries touch, for those that must not have the whole in memory. */
  readonly access: string;
  /** The value in the group's format and compression, made by the check. */
  readonly input: string;
  /** A folder for what one process writes. */
  readonly work: string;
}

export interface SampleSettings {
  /** Time for samples in one process, in ms. */
  readonly sampleMs: number;
  /** Least time for warming up, in ms; it ends after four times as much. */
  readonly warmupMs: number;
  /** Share of its time by which each operation is held up, to see whether that is found. Default 0. */
  readonly slowdown?: number;
  /** Whether the process waits before the warm-up and before each sample until it is told that it is its turn. */
  readonly inTurns?: boolean;
}

/** What a fresh process is told to do. */
export type Job =
  | {
      readonly kind: 'dataset';
      readonly workload: WorkloadSpec;
      readonly seed: number;
      readonly files: DatasetFiles;
    }
  | {
      readonly kind: 'load';
      readonly input: string;
      readonly modules: readonly string[];
      readonly format: string | undefined;
      readonly files: DatasetFiles;
      /** Only so many bytes of values, from the beginning. */
      readonly sampleBytes?: number;
    }
  | {
      readonly kind: 'check';
      readonly group: Group;
      readonly operations: readonly OperationId[];
      readonly files: GroupFiles;
    }
  | {
      readonly kind: 'time';
      readonly cell: Cell;
      readonly way: number;
      readonly files: GroupFiles;
      readonly settings: SampleSettings;
    }
  | {
      readonly kind: 'cold';
      readonly cell: Cell;
      readonly way: number;
      readonly files: GroupFiles;
      readonly samples: number;
    }
  | { readonly kind: 'memory'; readonly cell: Cell; readonly way: number; readonly files: GroupFiles }
  | {
      readonly kind: 'counter';
      readonly choice: FormatChoice;
      readonly step: CounterStep;
      readonly path: string;
    }
  | { readonly kind: 'echo'; readonly choice: FormatChoice; readonly port: number | undefined }
  | { readonly kind: 'goal'; readonly goal: GoalJob }
  /** Imports a plugin, to see whether that comes to an end. */
  | { readonly kind: 'plugin'; readonly module: string }
  | { readonly kind: 'chapter'; readonly program: Program; readonly settings: ChapterSettings };

export interface DatasetFiles {
  readonly dataset: string;
  readonly access: string;
}

export interface DatasetResult {
  readonly sha256: string;
  readonly bytes: number;
  readonly entries: number;
  /** Of a loaded file: what it was found to be, and its size. */
  readonly found?: {
    readonly format: string;
    readonly compression: string;
    readonly fileBytes: number;
    /** Of a sample: how many times it the whole is, and what was taken, in words. */
    readonly factor?: number;
    readonly taken?: string | undefined;
    /** `table of 6 columns`. */
    readonly what?: string;
  };
}

/** The outcome of the check of one operation. */
export interface Verdict {
  readonly operation: OperationId;
  readonly status: Extract<CellRecord['status'], 'ok' | 'failed' | 'unsupported'>;
  readonly fidelity: CellRecord['fidelity'];
  readonly losses: readonly Loss[];
  readonly lossCount: number;
  readonly failure: CellRecord['failure'];
  readonly reason: string | null;
  /** Which of the workload's ways to a single entry was right. */
  readonly way: number;
}

export interface MemoryResult {
  readonly memory: MemoryUse | null;
  readonly io: IoUse | null;
  readonly fileBytes: number | null;
}

export interface ColdResult {
  readonly samplesMs: readonly number[];
  /** Why there are none. */
  readonly reason: string | null;
}

/** What each kind of job ends with. */
export interface JobResults {
  readonly dataset: DatasetResult;
  readonly load: DatasetResult;
  /** Verdicts come one by one before. */
  readonly check: { readonly done: true };
  readonly time: Omit<ProcessSamples, 'block'> & { readonly bytesPerMessage?: number };
  readonly memory: MemoryResult;
  readonly cold: ColdResult;
  readonly counter: StepResult;
  readonly echo: { readonly done: true };
  readonly goal: GoalSamples;
  readonly plugin: { readonly ids: readonly string[] };
  readonly chapter: { readonly rows: readonly ChapterRow[] };
}

/** What a child process says. */
export type ChildMessage =
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  /** The operation that is checked next: the one to blame when the process ends. */
  | { readonly type: 'checking'; readonly operation: OperationId }
  /** It waits for its turn. */
  | { readonly type: 'ready' }
  | { readonly type: 'result'; readonly result: JobResults[keyof JobResults] }
  /** `code` is that of a FormatError. */
  | { readonly type: 'error'; readonly code: string | undefined; readonly line: string };
