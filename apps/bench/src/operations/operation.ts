import type { Commit, Sink, Source } from '@formatlab/core';
import type { CellSetup } from '../measure/setup.js';
import type { OperationId, Stage } from '../results/record.js';

/** Stages of one run, in ms. */
export type StageTimes = Partial<Record<Stage, number>>;

/** Sources and sinks of an operation go through here, so that a separate pass can count. */
export interface Wrap {
  source(inner: Source): Source;
  sink(inner: Sink): Sink;
  /** What a change of the file told of itself. */
  committed?(commit: Commit): void;
}

export const NO_WRAP: Wrap = { source: (inner) => inner, sink: (inner) => inner };

/** An operation that is ready to run, as often as is wanted. */
export interface Task {
  /** Before each run, outside the timer: puts the files into the state that the run starts from. */
  before?(): void;
  run(): Promise<StageTimes>;
  /** Ms of the last run, where it was done and timed in another process. */
  readonly lastMs?: () => number;
  /** Collects the garbage of another process, outside the timer. */
  readonly collect?: () => Promise<unknown>;
  /** After each run, outside the timer. Gives the size of the file that was written or read. */
  after(): number;
}

/** What an operation does with a file; those of `counter` and `messages` are made of processes instead. */
export type FileOperationId = Exclude<OperationId, 'create' | 'increment' | 'list' | 'pipe' | 'socket'>;

export type FileOperation = (setup: CellSetup, wrap: Wrap) => Task;
