import { spawnSync } from 'node:child_process';
import { fileOperationOf } from '../operations/index.js';
import { NO_WRAP, type Task } from '../operations/operation.js';
import type { ColdResult, Job } from '../processes/job.js';
import { setUp } from './setup.js';

/** Times reading from a file that is dropped from the page cache before each call, and seen to be out of it. */
export async function measureCold(job: Extract<Job, { kind: 'cold' }>): Promise<ColdResult> {
  const { cell, files, way, samples } = job;
  if (cell.choice.peer !== undefined) {
    const { opened, task } = await (await import('../peers/measure-peer.js')).openTask(cell, files);
    try {
      return await timeCold(task, files.input, samples);
    } finally {
      opened.close();
    }
  }
  const operation = fileOperationOf(cell.operation);
  if (operation === undefined) return { samplesMs: [], reason: `'${cell.operation}' reads no file` };
  return timeCold(
    operation({ ...(await setUp(cell.choice)), cell, files, way }, NO_WRAP),
    files.input,
    samples,
  );
}

async function timeCold(task: Task, input: string, samples: number): Promise<ColdResult> {
  // The code is warm: what is cold is the file alone.
  for (let i = 0; i < WARM_CALLS; i++) await task.run();
  const samplesMs: number[] = [];
  while (samplesMs.length < samples) {
    const problem = dropFromCache(input);
    if (problem !== undefined) return { samplesMs: [], reason: problem };
    globalThis.gc?.();
    const start = performance.now();
    await task.run();
    samplesMs.push(task.lastMs?.() ?? performance.now() - start);
    task.after();
  }
  return { samplesMs, reason: null };
}

const WARM_CALLS = 3;

/**
 * Drops a file's pages, which needs no rights: GNU dd with `oflag=nocache` and nothing to copy is
 * `posix_fadvise(POSIX_FADV_DONTNEED)`, which Node.js has not. Then asks `fincore` of util-linux (mincore(2)) whether any are left.
 *
 * @returns why the file is not known to be out of the cache
 */
export function dropFromCache(path: string): string | undefined {
  if (process.platform !== 'linux') return 'only Linux tells what its page cache holds';
  // Written pages are not dropped before they are on the disk: fdatasync.
  const dropped = spawnSync(
    'dd',
    ['if=/dev/null', `of=${path}`, 'oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none'],
    { encoding: 'utf8' },
  );
  if (dropped.error !== undefined) return "'dd' is not here: install coreutils";
  if (dropped.status !== 0) return `dd: ${dropped.stderr.trim()}`;
  const seen = spawnSync('fincore', ['--bytes', '--noheadings', '--output', 'PAGES', path], {
    encoding: 'utf8',
  });
  if (seen.error !== undefined) return "'fincore' is not here: install util-linux (util-linux-extra)";
  const pages = Number(seen.stdout.trim());
  if (seen.status !== 0 || seen.stdout.trim() === '') return `fincore: ${seen.stderr.trim()}`;
  return pages === 0 ? undefined : `${pages} pages of the file stayed in the page cache`;
}
