import { readFileSync } from 'node:fs';
import { FormatError } from '@formatlab/core';
import { workloadOf } from '../workloads/index.js';
import type { WorkloadSpec } from '../workloads/workload.js';

/** A speed that a format has to reach, as `goals.json` states it. */
export interface Goal {
  readonly id: string;
  /** Id of a workload; its default parameters unless `parameters` says others. */
  readonly workload: string;
  readonly parameters?: Readonly<Record<string, string | number>>;
  readonly operation: 'write' | 'read';
  /** Id of a format, through core's `save` and `load`. */
  readonly ours: string;
  /** Options of our side. */
  readonly options?: Readonly<Record<string, unknown>>;
  /** `F`: our side is given the array in column order, the same elements in memory; the peer's bytes are the same. */
  readonly order?: 'F';
  /**
   * What both sides are given: `columns`, the workload's array as a table of its columns; `record`, the array as the one
   * entry of a record; `text-columns`, the workload's table without types that text does not tell: no dictionaries.
   */
  readonly as?: 'columns' | 'record' | 'text-columns';
  /** Id of a peer, see `peers/catalogue.ts`. */
  readonly peer: string;
  readonly ratio: number;
  /** `at-most`: our time over the peer's. `times-faster`: the peer's time over ours, at least. */
  readonly direction: 'at-most' | 'times-faster';
  readonly note: string;
}

/** One process of a goal: both sides, taking turns. */
export interface GoalJob {
  readonly goal: Goal;
  readonly spec: WorkloadSpec;
  /** What to import for our side. */
  readonly module: string;
  readonly seed: number;
  readonly folder: string;
  readonly rounds: number;
  /** Which side begins. */
  readonly oursFirst: boolean;
}

export interface GoalSamples {
  readonly ours: readonly number[];
  readonly peer: readonly number[];
  /** Set where the peer is not installed here. */
  readonly absent?: string;
}

/** @throws FormatError `options` for a file that states no goals */
export function readGoals(path: string | URL): readonly Goal[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new FormatError('options', `read goals '${String(path)}': ${(error as Error).message}`, {
      cause: error,
    });
  }
  const { goals } = (parsed ?? {}) as { goals?: unknown };
  if (!Array.isArray(goals))
    throw new FormatError('options', `read goals '${String(path)}': there is no list 'goals'`);
  return goals.map((goal, index) => checkGoal(goal as Partial<Goal>, index));
}

export function specOf(goal: Goal): WorkloadSpec {
  return { id: goal.workload, parameters: { ...workloadOf(goal.workload).defaults, ...goal.parameters } };
}

function checkGoal(goal: Partial<Goal>, index: number): Goal {
  const texts = [goal.id, goal.workload, goal.operation, goal.ours, goal.peer, goal.note];
  const complete = texts.every((text) => typeof text === 'string') && typeof goal.ratio === 'number';
  if (!complete || (goal.direction !== 'at-most' && goal.direction !== 'times-faster')) {
    throw new FormatError(
      'options',
      `read goal ${index + 1}: it needs id, workload, operation, ours, peer, ratio, direction and note`,
    );
  }
  // All fields were looked at.
  return goal as Goal;
}
