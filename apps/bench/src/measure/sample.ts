import { constants, PerformanceObserver } from 'node:perf_hooks';
import type { StageTimes, Task } from '../operations/operation.js';
import type { SampleSettings } from '../processes/job.js';
import { turn } from '../processes/turn.js';
import type { ProcessSamples, Stage } from '../results/record.js';
import { median } from '../statistics/quantile.js';

type Samples = Omit<ProcessSamples, 'block'>;

/** A sample shorter than this is made of several runs: the clock and the scheduler disturb it less. */
const LEAST_SAMPLE_MS = 20;
const MOST_RUNS_A_SAMPLE = 20_000;
const FEWEST_SAMPLES = 3;
const MOST_SAMPLES = 30;
/** Runs longer than this are not repeated for the sake of warming up. */
const LONG_RUN_MS = 200;
/** And runs longer than this not for the sake of three samples: more processes tell more. */
const LONG_SAMPLE_MS = 100;
/** A first call loads libraries: only one that is longer than this says that runs are long. */
const LONGEST_FIRST_MS = 8 * LONG_RUN_MS;
const WARM_TOLERANCE = 0.1;
const WARMUP_STRETCH = 4;

/**
 * First call, warm-up, then samples: what one process tells about a task. Garbage is collected before each
 * sample, outside the timer.
 *
 * @param importMs time that importing the format's code took, counted to the first call
 */
export async function sampleTask(task: Task, settings: SampleSettings, importMs: number): Promise<Samples> {
  await collect(task);
  if (settings.inTurns === true) await turn();
  const slowdown = settings.slowdown ?? 0;
  const first = (await runOnce(task, slowdown)).ms;
  const warmup = await warmUp(async () => (await runOnce(task, slowdown)).ms, settings, first);
  const batch = Math.min(
    MOST_RUNS_A_SAMPLE,
    Math.max(1, Math.ceil(LEAST_SAMPLE_MS / Math.max(warmup.lastMs, 0.001))),
  );
  const gc = watchGc();
  const samplesMs: number[] = [];
  const counts: number[] = [];
  const stages = new Map<Stage, number[]>();
  let spent = 0;
  while (wantsMore(samplesMs.length, spent, warmup.lastMs, settings)) {
    await collect(task);
    if (settings.inTurns === true) await turn();
    const { ms, runs, stages: times } = await runBatch(task, batch, slowdown);
    counts.push(runs);
    samplesMs.push(ms);
    spent += ms * runs;
    for (const [stage, time] of Object.entries(times) as [Stage, number][])
      stages.set(stage, [...(stages.get(stage) ?? []), time]);
  }
  const gcMs = await gc.stop();
  return {
    firstMs: first + importMs,
    samplesMs,
    batch: Math.round(median(counts)),
    stagesMs: Object.fromEntries(stages),
    warmupRuns: warmup.runs,
    warm: warmup.warm,
    gcShare: Math.min(1, gcMs / spent),
    ...(settings.inTurns === true ? { inTurns: true } : {}),
  };
}

function wantsMore(count: number, spent: number, runMs: number, settings: SampleSettings): boolean {
  if (count === 0) return true;
  if (count >= MOST_SAMPLES) return false;
  return spent < settings.sampleMs || (count < FEWEST_SAMPLES && runMs < LONG_SAMPLE_MS);
}

export interface Warmup {
  readonly runs: number;
  /** Median of the last half of the runs. */
  readonly lastMs: number;
  readonly warm: boolean;
}

/** Runs until the medians of the two last quarters agree, within bounds of time. */
export async function warmUp(
  runMs: () => Promise<number>,
  settings: SampleSettings,
  firstMs: number,
): Promise<Warmup> {
  const times: number[] = [];
  let spent = 0;
  let warm = false;
  let isLong = firstMs >= LONGEST_FIRST_MS;
  while (!(warm && spent >= settings.warmupMs) && spent < settings.warmupMs * WARMUP_STRETCH && !isLong) {
    const ms = await runMs();
    times.push(ms);
    spent += ms;
    isLong = ms >= LONG_RUN_MS;
    warm = halvesAgree(times);
  }
  const last = times.slice(Math.floor(times.length / 2));
  return { runs: times.length + 1, lastMs: last.length === 0 ? firstMs : median(last), warm };
}

function halvesAgree(times: readonly number[]): boolean {
  if (times.length < 4) return false;
  const recent = times.slice(Math.floor(times.length / 2));
  const middle = Math.floor(recent.length / 2);
  const [one, other] = [median(recent.slice(0, middle)), median(recent.slice(middle))];
  return Math.abs(one - other) <= WARM_TOLERANCE * Math.min(one, other);
}

/** At least `batch` runs, and more until they took long enough. */
async function runBatch(
  task: Task,
  batch: number,
  slowdown: number,
): Promise<{ ms: number; runs: number; stages: StageTimes }> {
  let total = 0;
  let runs = 0;
  const sums: StageTimes = {};
  while (runs < batch || (total < LEAST_SAMPLE_MS && runs < MOST_RUNS_A_SAMPLE)) {
    const { ms, stages } = await runOnce(task, slowdown);
    total += ms;
    runs++;
    for (const [stage, time] of Object.entries(stages) as [Stage, number][])
      sums[stage] = (sums[stage] ?? 0) + time;
  }
  for (const stage of Object.keys(sums) as Stage[]) sums[stage]! /= runs;
  return { ms: total / runs, runs, stages: sums };
}

async function runOnce(task: Task, slowdown: number): Promise<{ ms: number; stages: StageTimes }> {
  task.before?.();
  const start = performance.now();
  const stages = await task.run();
  if (slowdown > 0) holdUp((performance.now() - start) * slowdown);
  const ms = task.lastMs?.() ?? performance.now() - start;
  task.after();
  return { ms, stages };
}

function holdUp(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

async function collect(task: Task): Promise<void> {
  await task.collect?.();
  // Children of a run are started with --expose-gc; elsewhere samples are made without.
  globalThis.gc?.();
}

/** Time of the collections that nobody asked for. */
export function watchGc(): { stop(): Promise<number> } {
  let total = 0;
  const add = (entries: readonly { duration: number; detail?: unknown }[]): void => {
    for (const { duration, detail } of entries) {
      const { flags = 0 } = (detail ?? {}) as { flags?: number };
      if ((flags & constants.NODE_PERFORMANCE_GC_FLAGS_FORCED) === 0) total += duration;
    }
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  return {
    async stop() {
      // Entries are handed over in a later turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
      add(observer.takeRecords());
      observer.disconnect();
      return total;
    },
  };
}
