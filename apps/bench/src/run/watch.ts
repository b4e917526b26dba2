import type { CellState } from './cell-state.js';
import type { RunPlan } from './plan.js';
import type { Progress } from './progress.js';

/** Knows what is left of a run, from what its processes have taken so far. */
export class Watch {
  readonly signal: AbortSignal;
  readonly #plan: RunPlan;
  readonly #states: readonly CellState[];
  readonly #progress: Progress;
  readonly #start = performance.now();
  readonly #done = { check: 0, memory: 0, time: 0 };
  readonly #spent = { check: 0, memory: 0, time: 0 };

  constructor(states: readonly CellState[], plan: RunPlan, progress: Progress, signal: AbortSignal) {
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
    const measurable = this.#states.filter((state) => state.isMeasurable || !state.isChecked).length;
    const totals = { check: cells, memory: measurable, time: measurable * this.#plan.settings.repeats };
    const leftMs = this.#leftMs(totals);
    const share = leftMs === undefined ? 0 : this.elapsedMs / (this.elapsedMs + leftMs);
    this.#progress.update(share, what, leftMs);
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
    const { maxSeconds, repeats } = this.#plan.settings;
    if (maxSeconds === undefined) return sum;
    // The first block is completed whatever the limit.
    const firstBlock = Math.max(0, totals.time / repeats - this.#done.time) * time;
    return Math.min(sum, Math.max(before + firstBlock, maxSeconds * 1000 - this.elapsedMs));
  }
}

/** A guess for before the first memory pass: it starts a process where the check shares one. */
const MEMORY_TO_CHECK = 2;
