import type { Prediction } from '../results/record.js';
import { widening } from '../statistics/small-sample.js';
import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Progress } from './progress.js';
import { SETTLED_WIDTH } from './settled.js';

type Phase = 'check' | 'memory' | 'time';

/** What the time left is told from. */
export type WatchedState = Pick<CellState, 'isChecked' | 'isMeasurable' | 'hasMemory' | 'width'> & {
  readonly processes: readonly unknown[];
};

export interface WatchOptions {
  /** What the run had taken before it was interrupted. */
  readonly spentMs?: number;
  /** Whether there is no pass for memory. */
  readonly timesOnly?: boolean;
  /** Ms from anywhere. Default `performance.now`. */
  readonly clock?: () => number;
}

/** Knows what is left of a run, from what its processes have taken so far. */
export class Watch {
  readonly signal: AbortSignal;
  readonly #plan: Pick<RunPlan, 'settings' | 'samples'>;
  readonly #states: WatchedState[];
  readonly #progress: Progress;
  readonly #clock: () => number;
  readonly #start: number;
  readonly #timesOnly: boolean;
  readonly #done = { check: 0, memory: 0, time: 0 };
  readonly #spent = { check: 0, memory: 0, time: 0 };
  readonly #predictions: Prediction[] = [];

  constructor(
    states: readonly WatchedState[],
    plan: Pick<RunPlan, 'settings' | 'samples'>,
    progress: Progress,
    signal: AbortSignal,
    { spentMs = 0, timesOnly = false, clock = () => performance.now() }: WatchOptions = {},
  ) {
    this.#clock = clock;
    this.#start = clock() - spentMs;
    this.#states = [...states];
    this.#plan = plan;
    this.#progress = progress;
    this.#timesOnly = timesOnly;
    this.signal = signal;
  }

  get elapsedMs(): number {
    return this.#clock() - this.#start;
  }

  /** What was said to be left, at most once a second. */
  get predictions(): readonly Prediction[] {
    return this.#predictions;
  }

  /** Time is up, or the user wants to stop. */
  get isOver(): boolean {
    const { maxSeconds } = this.#plan.settings;
    return this.signal.aborted || (maxSeconds !== undefined && this.elapsedMs > maxSeconds * 1000);
  }

  /** A cell under a second name, or of a second run, is to be timed too. */
  add(states: readonly WatchedState[]): void {
    this.#states.push(...states);
  }

  /** `count` cells passed a phase, together in `ms` of wall time. */
  passed(phase: Phase, count: number, ms: number, what: string): void {
    this.#done[phase] += count;
    this.#spent[phase] += ms;
    const leftMs = this.#leftMs();
    const now = this.elapsedMs;
    if (leftMs !== undefined && now - (this.#predictions.at(-1)?.[0] ?? 0) >= BETWEEN_PREDICTIONS_MS)
      this.#predictions.push([Math.round(now), Math.round(leftMs)]);
    this.#progress.update(leftMs === undefined ? 0 : now / (now + leftMs), what, leftMs);
  }

  /** The blocks that every cell is given, and for wide intervals as many more as usually make them narrow. */
  #processesLeft(): number {
    const { repeats, mostRepeats = repeats } = this.#plan.settings;
    let left = 0;
    for (const state of this.#states) {
      if (state.isChecked && !state.isMeasurable) continue;
      const done = state.processes.length;
      const needed = done < 2 ? mostRepeats : Math.min(mostRepeats, processesFor(state.width, done));
      left += Math.max(0, Math.max(repeats, needed) - done);
    }
    return left;
  }

  #leftMs(): number | undefined {
    if (this.#done.check === 0) return undefined;
    // Before the check is over, every cell may still turn out to be measurable.
    const unchecked = this.#states.filter((state) => !state.isChecked).length;
    const memoryLeft = this.#timesOnly
      ? 0
      : this.#states.filter((state) => (state.isMeasurable && !state.hasMemory) || !state.isChecked).length;
    const { sampleMs, warmupMs } = this.#plan.samples;
    const check = this.#spent.check / this.#done.check;
    const memory = this.#done.memory === 0 ? check * MEMORY_TO_CHECK : this.#spent.memory / this.#done.memory;
    const time = this.#done.time === 0 ? memory + sampleMs + warmupMs : this.#spent.time / this.#done.time;
    const before = unchecked * check + memoryLeft * memory;
    const sum = before + this.#processesLeft() * time;
    const { maxSeconds } = this.#plan.settings;
    if (maxSeconds === undefined) return sum;
    // The first block is completed whatever the limit.
    const unbegun = this.#states.filter(
      (state) => (state.isMeasurable || !state.isChecked) && state.processes.length === 0,
    ).length;
    return Math.min(sum, Math.max(before + unbegun * time, maxSeconds * 1000 - this.elapsedMs));
  }
}

/** How many processes make an interval narrow that is so wide after `done`, where they go on to differ as they did. */
function processesFor(width: number, done: number): number {
  const spread = width / intervalShare(done);
  let needed = done;
  while (needed < MOST_FORESEEN && spread * intervalShare(needed) >= SETTLED_WIDTH) needed++;
  return needed;
}

/** What the interval's width is of the spread of `count` processes, but for a constant. */
function intervalShare(count: number): number {
  return widening(count) / Math.sqrt(count);
}

const MOST_FORESEEN = 1000;
const BETWEEN_PREDICTIONS_MS = 1000;
/** A guess for before the first memory pass: it starts a process where the check shares one. */
const MEMORY_TO_CHECK = 2;
