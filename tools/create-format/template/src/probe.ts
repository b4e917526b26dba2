import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { MAGIC } from './header.js';

/** 1 is for a magic number that no other format has; see ProbeResult for the scale. */
export function probe({ head }: ProbeInput): ProbeResult | undefined {
  const matches = new TextDecoder('latin1').decode(head.subarray(0, MAGIC.length)) === MAGIC;
  return matches ? { score: 1, why: `starts with '${MAGIC.trim()}'` } : undefined;
}
