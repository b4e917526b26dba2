import { createHash } from 'node:crypto';
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
  const fingerprint = createHash('sha256').update(JSON.stringify(fields)).digest('hex').slice(0, 12);
  return { fingerprint, ...fields };
}
