import { writeFileSync } from 'node:fs';
import { isFormatError } from '@formatlab/core';
import { errorLine } from './processes/error-line.js';
import type { ChildMessage, Job, JobResults } from './processes/job.js';

// Where memory runs out, this process is the one to end, and not the run (proc(5): nobody needs a right to raise it).
if (process.platform === 'linux') {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // A container without /proc, or with one that cannot be written: the kernel chooses.
  }
}

/** A fresh process of a run: gets one job, does it, ends. Each job's code is loaded only where it is needed. */
process.once('message', (job: Job) => {
  doJob(job).then(
    (result) => end({ type: 'result', result }),
    (error: unknown) =>
      end({ type: 'error', code: isFormatError(error) ? error.code : undefined, line: errorLine(error) }),
  );
});

// The process that wanted the result is gone.
process.once('disconnect', () => process.exit(1));

async function doJob(job: Job): Promise<JobResults[keyof JobResults]> {
  switch (job.kind) {
    case 'dataset':
      return (await import('./datasets/make-dataset.js')).makeDataset(job);
    case 'load':
      return (await import('./datasets/load-dataset.js')).loadDataset(job);
    case 'check':
      await (await import('./measure/check.js')).checkGroup(job, (message) => process.send?.(message));
      return { done: true };
    case 'time':
      return (await import('./measure/time-cell.js')).timeCell(job);
    case 'cold':
      return (await import('./measure/cold.js')).measureCold(job);
    case 'memory':
      return (await import('./measure/memory.js')).measureMemory(job);
    case 'counter':
      return (await import('./counter/step.js')).doCounterStep(job);
    case 'echo':
      await (await import('./messages/echo.js')).echoMessages(job);
      return { done: true };
    case 'plugin': {
      const loaded = await (await import('./formats.js')).formatsOfModule(job.module);
      return { ids: loaded.map(({ format }) => format.id) };
    }
    case 'chapter':
      return { rows: await (await import('./chapter/programs.js')).HERE[job.program](job.settings) };
    case 'goal':
      return (await import('./goals/measure-pair.js')).measurePair(job.goal);
  }
}

function end(message: ChildMessage): void {
  process.send?.(message, () => process.exit(0));
}
