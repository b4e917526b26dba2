import { fork } from 'node:child_process';
import { mean, sampleStandardDeviation } from 'simple-statistics';
import type { JobResults } from '../processes/job.js';
import { runChild } from '../processes/run-child.js';
import { inTurns } from '../run/in-turns.js';
import { median } from '../statistics/quantile.js';
import { studentReach } from '../statistics/student.js';
import { SUBJECT, type Subject, TIMEOUT_MS, writeJob } from './start-subject.js';
import type { SubjectResult } from './subject.js';
import { verdictLine } from './verdict-line.js';

const WARMUP_MS = 500;
const SAMPLE_MS = 600;
/** Pairs of processes: what a process gets of memory and addresses when it starts may decide its pace for good. */
const FEWEST_PAIRS = 8;
const MOST_PAIRS = 24;
/** Half of the 95 % interval at which there are pairs enough. */
const SURE_WITHIN = 0.04;

/**
 * Whether tinybench finds the same time, in processes of its own. Both take turns, sample by sample: a shared machine changes
 * its pace from one second to the next.
 */
export async function timeAgrees(subject: Subject, tolerance: number): Promise<boolean> {
  // As many reads between two collections of garbage as here, or it would be another question.
  const { batch } = await timeHere(subject);
  const [ours, theirs, logs]: [number[], number[], number[]] = [[], [], []];
  let [center, half] = [0, Number.POSITIVE_INFINITY];
  while (logs.length < FEWEST_PAIRS || (half > SURE_WITHIN && logs.length < MOST_PAIRS)) {
    const [here, there] = await inTurns<number>([
      async (ready) => median((await timeHere(subject, ready)).samplesMs),
      (ready) => timeThere(subject, batch, ready),
    ]);
    ours.push(here!);
    theirs.push(there!);
    logs.push(Math.log(here! / there!));
    [center, half] = meanOf(logs);
  }
  const [ratio, low, high] = [center, center - half, center + half].map(
    (log) => `${percent(Math.expm1(log))} %`,
  );
  const figures = `${median(ours).toPrecision(4)} ms here, ${median(theirs).toPrecision(4)} ms by tinybench`;
  return verdictLine(
    `time of reading ${subject.choice.format}: ${figures} (${ratio}; ${low} … ${high} by ${logs.length} pairs of processes)`,
    Math.abs(Math.expm1(center)) <= tolerance,
  );
}

type Ready = (go: () => void) => void;

async function timeHere({ cell, files }: Subject, ready?: Ready): Promise<JobResults['time']> {
  const settings = { sampleMs: SAMPLE_MS, warmupMs: WARMUP_MS, inTurns: ready !== undefined };
  const outcome = await runChild<'time'>(
    { kind: 'time', cell, files, way: 0, settings },
    { timeoutMs: TIMEOUT_MS, ...(ready === undefined ? {} : { onReady: ready }) },
  );
  if (!outcome.ok) throw new Error(`time '${cell.id}': ${outcome.reason}`);
  return outcome.result;
}

/** Median in ms of what tinybench measures in a script of its own. */
function timeThere(subject: Subject, batch: number, ready: Ready): Promise<number> {
  const job = writeJob(subject, { tinybench: { batch, warmupMs: WARMUP_MS, sampleMs: SAMPLE_MS } });
  const child = fork(SUBJECT, [job], { execArgv: ['--expose-gc'], timeout: TIMEOUT_MS });
  return new Promise((resolve, reject) => {
    child.on('message', (message: { readonly type: 'ready' } | SubjectResult) => {
      if (message.type === 'ready') ready(() => child.send('go', () => {}));
      else resolve(message.ms);
    });
    // After its result this says nothing more.
    child.on('close', () =>
      reject(new Error(`run tinybench of ${subject.choice.format}: it ended without a result`)),
    );
  });
}

/** Mean, and half of its 95 % interval. */
function meanOf(values: readonly number[]): [number, number] {
  const center = mean([...values]);
  if (values.length < 2) return [center, Number.POSITIVE_INFINITY];
  const error = sampleStandardDeviation([...values]) / Math.sqrt(values.length);
  return [center, studentReach(values.length - 1) * error];
}

function percent(share: number): string {
  return `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(1)}`;
}
