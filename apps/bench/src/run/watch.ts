import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Progress } from './progress.js';
import { SETTLED_WIDTH } from './settled.js';

/** Knows what is left of a run, from what its processes have taken so far. */
export class Watch {
  readonly signal: AbortSignal;
  readonly #plan: RunPlan;
  readonly #states: readonly CellState[];
  readonly #progress: Progress;
  readonly #start: number;
  readonly #done = { check: 0, memory: 0, time: 0 };
  readonly #spent = { check: 0, memory: 0, time: 0 };

  /** @param spentMs what the run had taken before it was interrupted */
  constructor(
    states: readonly CellState[],
    plan: RunPlan,
    progress: Progress,
    signal: AbortSignal,
    spentMs = 0,
  ) {
    this.#start = performance.now() - spentMs;
    this.#states = states;
    this.#plan = plan;
    this.#progress = progress;
    this.signal = signal;
  }

  get elapsedMs(): number {
    return performance.now() - this.#start;
  }

  /** Time is up, or the user wants to stop. */
  get isOver(): boolean {
    const { maxSeconds } = this.#plan.settings;
    return this.signal.aborted || (maxSeconds !== undefined && this.elapsedMs > maxSeconds * 1000);
  }

  /** `count` cells passed a phase, together in `ms` of wall time. */
  passed(phase: 'check' | 'memory' | 'time', count: number, ms: number, what: string): void {
    this.#done[phase] += count;
    this.#spent[phase] += ms;
    const cells = this.#states.length;
    // Before the check is over, every cell may still turn out to be measurable.
    const memory = this.#states.filter(
      (state) => (state.isMeasurable && !state.hasMemory) || !state.isChecked,
    );
    const totals = {
      check: cells,
      memory: this.#done.memory + memory.length,
      time: this.#done.time + this.#processesLeft(),
    };
    const leftMs = this.#leftMs(totals);
    const share = leftMs === undefined ? 0 : this.elapsedMs / (this.elapsedMs + leftMs);
    this.#progress.update(share, what, leftMs);
  }

  /** The blocks that every cell is given, and for wide intervals as many more as usually make them narrow. */
  #processesLeft(): number {
    const { repeats, mostRepeats = repeats } = this.#plan.settings;
    let left = 0;
    for (const state of this.#states) {
      if (state.isChecked && !state.isMeasurable) continue;
      const done = state.processes.length;
      if (done < 2) left += mostRepeats - done;
      else if (done < repeats) left += repeats - done;
      else if (mostRepeats > repeats && state.width > SETTLED_WIDTH)
        left += Math.min(mostRepeats, Math.ceil(done * (state.width / SETTLED_WIDTH) ** 2)) - done;
    }
    return Math.max(0, left);
  }

  #leftMs(totals: Readonly<Record<'check' | 'memory' | 'time', number>>): number | undefined {
    if (this.#done.check === 0) return undefined;
    const { sampleMs, warmupMs } = this.#plan.samples;
    const check = this.#spent.check / this.#done.check;
    const memory = this.#done.memory === 0 ? check * MEMORY_TO_CHECK : this.#spent.memory / this.#done.memory;
    const time = this.#done.time === 0 ? memory + sampleMs + warmupMs : this.#spent.time / this.#done.time;
    const left = (phase: 'check' | 'memory' | 'time', each: number): number =>
      Math.max(0, totals[phase] - this.#done[phase]) * each;
    const before = left('check', check) + left('memory', memory);
    const sum = before + left('time', time);
    const { maxSeconds } = this.#plan.settings;
    if (maxSeconds === undefined) return sum;
    // The first block is completed whatever the limit.
    const measurable = this.#states.filter((state) => state.isMeasurable || !state.isChecked).length;
    const begun = this.#states.filter(({ processes }) => processes.length > 0).length;
    const firstBlock = Math.max(0, measurable - begun) * time;
    return Math.min(sum, Math.max(before + firstBlock, maxSeconds * 1000 - this.elapsedMs));
  }
}

/** A guess for before the first memory pass: it starts a process where the check shares one. */
const MEMORY_TO_CHECK = 2;
