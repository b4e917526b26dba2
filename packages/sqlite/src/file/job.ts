import type { Range, Source } from '@formatlab/core';

/**
 * Work that needs bytes of the file: it yields ranges and gets their bytes back. The same code runs on sources
 * that answer at once and on those that take their time (HTTP, Blob).
 */
export type Job<T> = Generator<readonly Range[], T, readonly Uint8Array[]>;

/** Runs a job: at once where the source reads synchronously. */
export function runJob<T>(job: Job<T>, source: Source, signal?: AbortSignal): T | Promise<T> {
  const { readSync } = source;
  return readSync === undefined ? runLater(job, source, signal) : runNow(job, readSync);
}

/** @throws Error when the job needs bytes: for jobs on files that are in memory as a whole */
export function runNow<T>(job: Job<T>, readSync: (ranges: readonly Range[]) => readonly Uint8Array[]): T {
  let step = job.next();
  while (!step.done) step = job.next(readSync(step.value));
  return step.value;
}

async function runLater<T>(job: Job<T>, source: Source, signal: AbortSignal | undefined): Promise<T> {
  let step = job.next();
  while (!step.done) step = job.next(await source.read(step.value, signal));
  return step.value;
}
