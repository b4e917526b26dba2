import { copyFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../cells.js';
import { kernelIo } from '../measure/audit.js';
import { peakOf } from '../measure/memory.js';
import { sampleTask } from '../measure/sample.js';
import type { Task } from '../operations/operation.js';
import type { GroupFiles, Job, JobResults, MemoryResult } from '../processes/job.js';
import type { IoUse, MemoryUse } from '../results/record.js';
import { type OpenedPeer, openPeer } from './opened.js';
import type { PeerOperation } from './peer.js';

/** What this process measures of a peer's cell: the same samples as of a format. */
export async function timePeer(job: Extract<Job, { kind: 'time' }>): Promise<JobResults['time']> {
  const { opened, task } = await openTask(job.cell, job.files);
  try {
    return await sampleTask(task, job.settings, opened.importMs);
  } finally {
    opened.close();
  }
}

/** Peak memory of one run, and what the kernel counts of a second one: a bare library's file is not ours to count. */
export async function measurePeerMemory(job: Extract<Job, { kind: 'memory' }>): Promise<MemoryResult> {
  const { opened, task } = await openTask(job.cell, job.files);
  const { ask } = opened;
  try {
    task.before?.();
    const memory =
      ask === undefined
        ? await peakOf(() => task.run())
        : ((await ask({ do: 'memory' }))['memory'] as Omit<MemoryUse, 'method'> | null);
    task.after();
    task.before?.();
    const io =
      ask === undefined ? await trafficOf(() => task.run()) : (await ask({ do: 'traffic' }))['traffic'];
    const fileBytes = task.after();
    return {
      memory: memory === null ? null : { method: 'VmHWM', ...memory },
      io: io === null ? null : { bytesRewritten: 0, rangesRead: [], ...(io as Traffic) },
      fileBytes,
    };
  } finally {
    opened.close();
  }
}

/** A peer's operation as a task, like one of a format. */
export async function openTask(cell: Cell, files: GroupFiles): Promise<{ opened: OpenedPeer; task: Task }> {
  const operation = cell.operation as PeerOperation; // of a peer's cells
  const changes = operation === 'write' || operation === 'append';
  const path = changes ? join(files.work, 'written') : files.input;
  const opened = await openPeer(cell.choice.peer!, operation, files, path);
  const { lastMs, ask } = opened;
  const task: Task = {
    before() {
      if (operation === 'append') copyFileSync(files.input, path);
    },
    async run() {
      // Awaited only where there is something to wait for.
      const result = opened.run(path);
      if (result instanceof Promise) await result;
      return {};
    },
    after() {
      const { size } = statSync(path);
      if (changes) rmSync(path);
      return size;
    },
    ...(lastMs === undefined ? {} : { lastMs }),
    ...(ask === undefined ? {} : { collect: () => ask({ do: 'collect' }) }),
  };
  return { opened, task };
}

type Traffic = Pick<IoUse, 'bytesRead' | 'reads' | 'bytesWritten' | 'writes'>;

async function trafficOf(work: () => Promise<unknown>): Promise<Traffic | null> {
  // Looking at the counter counts too: what a look costs is seen by looking twice.
  const first = kernelIo();
  const before = kernelIo();
  await work();
  const after = kernelIo();
  if (first === undefined || before === undefined || after === undefined) return null;
  return {
    bytesRead: Math.max(0, after.read - before.read - (before.read - first.read)),
    reads: Math.max(0, after.reads - before.reads - (before.reads - first.reads)),
    bytesWritten: after.written - before.written,
    writes: after.writes - before.writes,
  };
}
