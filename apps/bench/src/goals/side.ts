import type { Value } from '@formatlab/core';

/** One of the two that a goal compares. Times are of `run` alone. */
export interface Side {
  before?(): void;
  /** Does the operation once, and gives what was read, or the time in ms where it was taken elsewhere. */
  run(): unknown;
  after?(): void;
  /** Undefined, or what is wrong with what `run` gave. */
  wrong?(result: unknown): string | undefined;
  /** True where `run` gives its own time: a process in another language. */
  readonly timesItself?: boolean;
  close?(): void;
}

export interface SideInput {
  readonly value: Value;
  readonly operation: 'write' | 'read';
  /** Own folder of this side. */
  readonly folder: string;
}
