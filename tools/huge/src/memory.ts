import { readFileSync, writeFileSync } from 'node:fs';

/** Lets the peak of this process begin anew, where the system can. */
export function resetPeak(): void {
  try {
    // proc(5): 5 resets the peak resident set size.
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // The peak is then that since the process began.
  }
}

/** Most bytes of this process that were in memory at once, all of Node.js included. */
export function peakBytes(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    if (kilobytes !== undefined) return Number(kilobytes) * 1024;
  } catch {
    // No Linux.
  }
  return process.resourceUsage().maxRSS * 1024;
}
