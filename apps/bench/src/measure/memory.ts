import { readFileSync, writeFileSync } from 'node:fs';
import { type Commit, countingSink, countingSource, type IoCounts, type Range } from '@formatlab/core';
import { measureCounterMemory } from '../counter/time-counter.js';
import { fileOperationOf } from '../operations/index.js';
import type { Wrap } from '../operations/operation.js';
import type { Job, MemoryResult } from '../processes/job.js';
import type { IoAudit, IoUse, MemoryUse } from '../results/record.js';
import { auditIo, isNear } from './audit.js';
import { setUp } from './setup.js';

/** Peak memory of one run in a process that did nothing before, and what went through the source or sink. */
export async function measureMemory(job: Extract<Job, { kind: 'memory' }>): Promise<MemoryResult> {
  const { cell, files, way } = job;
  if (cell.choice.peer !== undefined)
    return (await import('../peers/measure-peer.js')).measurePeerMemory(job);
  if (cell.workload.id === 'counter') return measureCounterMemory(cell, files);
  const operation = fileOperationOf(cell.operation);
  if (operation === undefined) return { memory: null, io: null, fileBytes: null };
  const setup = { ...(await setUp(cell.choice)), cell, files, way };
  const traffic: Traffic = { counts: [], commits: [] };
  const task = operation(setup, countingWrap(traffic));
  task.before?.();
  const memory = await peakOf(() => task.run());
  const io = ioUse(traffic);
  const fileBytes = task.after();
  // Once more for the kernel's count: the first run also read the format's code.
  traffic.counts.length = traffic.commits.length = 0;
  task.before?.();
  const audit = await auditIo(
    () => task.run(),
    () => ioUse(traffic),
  );
  task.after();
  return { memory, io: audit === undefined ? io : audited(io, audit), fileBytes };
}

/** What went through sources and sinks, and what changes told of themselves. */
interface Traffic {
  readonly counts: IoCounts[];
  readonly commits: Commit[];
}

function audited(io: IoUse, audit: IoAudit): IoUse {
  if (io.pastSink === undefined) return { ...io, audit };
  const agrees = isNear(audit.kernelWritten, io.bytesWritten);
  return { ...io, bytesRead: audit.kernelRead, rangesRead: [], audit: { ...audit, agrees } };
}

/** Most memory resident while `work` runs. */
export async function peakOf(work: () => Promise<unknown>): Promise<MemoryUse> {
  globalThis.gc?.();
  const reset = resetHighWaterMark();
  const baselineBytes = process.memoryUsage.rss();
  if (reset) {
    await work();
    return { peakBytes: Math.max(baselineBytes, highWaterMark() ?? 0), baselineBytes, method: 'VmHWM' };
  }
  let peakBytes = baselineBytes;
  const look = (): void => {
    peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
  };
  const timer = setInterval(look, SAMPLE_EVERY_MS);
  await work();
  clearInterval(timer);
  look();
  return { peakBytes, baselineBytes, method: 'sampled' };
}

const SAMPLE_EVERY_MS = 2;
/** Most ranges that a record keeps. */
const MOST_RANGES = 256;

function countingWrap({ counts: all, commits }: Traffic): Wrap {
  return {
    source(inner) {
      const { source, counts } = countingSource(inner);
      all.push(counts);
      return source;
    },
    sink(inner) {
      const { sink, counts } = countingSink(inner);
      all.push(counts);
      return sink;
    },
    committed: (commit) => commits.push(commit),
  };
}

function ioUse({ counts: all, commits }: Traffic): IoUse {
  const sum = (field: 'bytesRead' | 'reads' | 'bytesWritten' | 'writes' | 'bytesRewritten'): number =>
    all.reduce((total, counts) => total + counts[field], 0);
  const counted = {
    bytesRead: sum('bytesRead'),
    reads: sum('reads'),
    bytesWritten: sum('bytesWritten'),
    writes: sum('writes'),
    bytesRewritten: sum('bytesRewritten'),
    rangesRead: joinedRanges(all.flatMap((counts) => counts.ranges)),
    rangesWritten: joinedRanges(all.flatMap((counts) => counts.rangesWritten)),
  };
  const told = (field: 'written' | 'rewritten'): number =>
    commits.reduce((total, commit) => total + commit[field], 0);
  if (counted.bytesWritten > 0 || told('written') === 0) return counted;
  return { ...counted, bytesWritten: told('written'), bytesRewritten: told('rewritten'), pastSink: true };
}

/** Sorted, with those that touch or overlap joined; the nearest ones too where there are too many. */
export function joinedRanges(ranges: readonly Range[], most = MOST_RANGES): (readonly [number, number])[] {
  const sorted = ranges.filter(({ length }) => length > 0).sort((a, b) => a.at - b.at);
  let gap = 0;
  for (;;) {
    const joined: [number, number][] = [];
    for (const { at, length } of sorted) {
      const last = joined.at(-1);
      if (last !== undefined && at <= last[0] + last[1] + gap)
        last[1] = Math.max(last[1], at + length - last[0]);
      else joined.push([at, length]);
    }
    if (joined.length <= most) return joined;
    gap = gap === 0 ? 4096 : gap * 2;
  }
}

/** Linux only: from now on VmHWM counts anew (proc(5), clear_refs, value 5). */
function resetHighWaterMark(): boolean {
  if (process.platform !== 'linux') return false;
  try {
    writeFileSync('/proc/self/clear_refs', '5');
    return highWaterMark() !== undefined;
  } catch {
    return false;
  }
}

function highWaterMark(): number | undefined {
  const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}
