import { readFileSync } from 'node:fs';
import type { IoAudit } from '../results/record.js';

/** What the kernel counted for this process so far. */
export interface KernelIo {
  /** `rchar`: bytes that read calls gave, from files, pipes and sockets. */
  readonly read: number;
  readonly written: number;
  /** `syscr` and `syscw`: calls that read and wrote. */
  readonly reads: number;
  readonly writes: number;
  /** `read_bytes`: bytes fetched from the disk. */
  readonly fetched: number;
}

/** Undefined where the system does not tell: `/proc/self/io` is Linux's (proc(5)). */
export function kernelIo(): KernelIo | undefined {
  let text: string;
  try {
    text = readFileSync('/proc/self/io', 'utf8');
  } catch {
    return undefined;
  }
  const field = (name: string): number => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  return {
    read: field('rchar'),
    written: field('wchar'),
    reads: field('syscr'),
    writes: field('syscw'),
    fetched: field('read_bytes'),
  };
}

/** Threads of Node.js wake each other with 8 bytes through the kernel; a longer run does it more often. */
const CHATTER_BYTES = 4096;
const CHATTER_SHARE = 0.001;

/** Does the work and compares what the kernel counted with what was counted here. */
export async function auditIo(
  work: () => Promise<unknown>,
  counted: () => { readonly bytesRead: number; readonly bytesWritten: number },
): Promise<IoAudit | undefined> {
  // Looking at the counter counts too: what a look costs is seen by looking twice.
  const first = kernelIo();
  const before = kernelIo();
  if (first === undefined || before === undefined) return undefined;
  await work();
  const after = kernelIo()!;
  const look = before.read - first.read;
  const kernelRead = Math.max(0, after.read - before.read - look);
  const kernelWritten = after.written - before.written;
  const { bytesRead, bytesWritten } = counted();
  return {
    kernelRead,
    kernelWritten,
    agrees: isNear(kernelRead, bytesRead) && isNear(kernelWritten, bytesWritten),
  };
}

/** Whether the kernel counted what was counted here. */
export function isNear(kernel: number, here: number): boolean {
  return Math.abs(kernel - here) <= CHATTER_BYTES + CHATTER_SHARE * here;
}
