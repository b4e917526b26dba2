import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Cell } from '../cells.js';
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

async function openTask(cell: Cell, files: GroupFiles): Promise<{ opened: OpenedPeer; task: Task }> {
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

interface Counted {
  readonly rchar: number;
  readonly syscr: number;
  readonly wchar: number;
  readonly syscw: number;
  /** Of the reading of these figures. */
  readonly own: number;
}

/** Reading the figures takes two calls of its own. */
const OWN_CALLS = 2;

async function trafficOf(work: () => Promise<unknown>): Promise<Traffic | null> {
  const before = counted();
  await work();
  const after = counted();
  if (before === undefined || after === undefined) return null;
  return {
    bytesRead: Math.max(0, after.rchar - before.rchar - before.own),
    reads: Math.max(0, after.syscr - before.syscr - OWN_CALLS),
    bytesWritten: after.wchar - before.wchar,
    writes: after.syscw - before.syscw,
  };
}

/** Linux only (proc(5), /proc/pid/io). */
function counted(): Counted | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/io', 'utf8');
  } catch {
    return undefined;
  }
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    rchar: field('rchar'),
    syscr: field('syscr'),
    wchar: field('wchar'),
    syscw: field('syscw'),
    own: text.length,
  };
}
