import { type Interval, medianRatio, type PairedProcess, ratioInterval } from '../statistics/bootstrap.js';
import type { Goal } from './goal.js';

export interface GoalVerdict {
  readonly goal: Goal;
  /** In the goal's direction: our time over the peer's, or how many times faster we are. */
  readonly ratio: number;
  readonly interval: Interval;
  /** `unclear`: the goal lies within the interval. */
  readonly verdict: 'met' | 'missed' | 'unclear';
}

/** @throws RangeError for fewer than two processes */
export function judgeGoal(goal: Goal, processes: readonly PairedProcess[]): GoalVerdict {
  const interval = ratioInterval(processes);
  if (interval === undefined) throw new RangeError(`judge goal '${goal.id}': it takes two processes or more`);
  const ratio = medianRatio(processes);
  if (goal.direction === 'at-most') {
    const [low, high] = interval;
    return {
      goal,
      ratio,
      interval,
      verdict: high <= goal.ratio ? 'met' : low > goal.ratio ? 'missed' : 'unclear',
    };
  }
  const [low, high] = [1 / interval[1], 1 / interval[0]];
  return {
    goal,
    ratio: 1 / ratio,
    interval: [low, high],
    verdict: low >= goal.ratio ? 'met' : high < goal.ratio ? 'missed' : 'unclear',
  };
}
