import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { arch, cpus, platform, release, totalmem } from 'node:os';
import type { Machine } from './record.js';

/** This machine, as results name it. */
export function thisMachine(): Machine {
  const processors = cpus();
  const fields = {
    cpu: processors[0]?.model.trim() ?? 'unknown',
    cores: processors.length,
    memoryBytes: totalmem(),
    platform: platform(),
    arch: arch(),
    release: release(),
    node: process.versions.node,
  };
  const fingerprint = shortHash(JSON.stringify(fields));
  const boot = bootId();
  return { fingerprint, ...fields, ...(boot === undefined ? {} : { boot }) };
}

function bootId(): string | undefined {
  try {
    return shortHash(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  } catch {
    return undefined;
  }
}

/** Twelve hex digits. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
