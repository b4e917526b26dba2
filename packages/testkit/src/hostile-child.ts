import { openSync, writeSync } from 'node:fs';
import type { Format } from '@formatlab/core';
import { createAttempter } from './hostile-attempt.js';
import { type Attack, hostileInputs } from './hostile-inputs.js';
import { runAttack } from './hostile-run.js';
import { createSubject } from './subject.js';

/** What the parent sends. */
export interface ChildJob {
  readonly url: string;
  readonly exportName: string;
  readonly engine: string | undefined;
  readonly options: Readonly<Record<string, unknown>>;
  readonly attack: Attack;
  readonly file: Uint8Array;
  readonly deadlineMs: number;
  /** File that holds the index of the input under way, for when this process dies of it. */
  readonly progress: string;
}

process.once('message', (job: ChildJob) => {
  work(job).then(
    (answer) => process.send!(answer, () => process.exit(0)),
    (error: unknown) =>
      process.send!({ failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }, () =>
        process.exit(0),
      ),
  );
});

async function work(job: ChildJob): Promise<unknown> {
  const module = (await import(job.url)) as Readonly<Record<string, unknown>>;
  const format = module[job.exportName];
  if (typeof format !== 'object' || format === null)
    throw new Error(`import '${job.url}': it exports no '${job.exportName}'`);
  // The parent holds the same export as a Format.
  const subject = createSubject(format as Format, {
    options: job.options,
    ...(job.engine === undefined ? {} : { engine: job.engine }),
  });
  // Loads what is loaded on first use before anything is measured.
  await subject.decode(job.file);
  const progress = openSync(job.progress, 'r+');
  const index = new Uint32Array(1);
  const attempter = await createAttempter(subject, job.file, job.deadlineMs);
  const baseline = process.resourceUsage().maxRSS;
  const result = await runAttack(attempter, hostileInputs(job.attack, job.file), (at) => {
    index[0] = at;
    writeSync(progress, index, 0, 4, 0);
  });
  return { ...result, peakGrowth: (process.resourceUsage().maxRSS - baseline) * 1024 };
}
