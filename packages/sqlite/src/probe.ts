import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { startsWithMagic } from './file/header.js';

export function probe({ head }: ProbeInput): ProbeResult | undefined {
  return startsWithMagic(head) ? { score: 1, why: "starts with 'SQLite format 3'" } : undefined;
}
