import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { isSignature } from './layout/superblock.js';

const FIRST_USER_BLOCK = 512;

/** The signature stands at 0 or, behind a user block, at 512, 1024, 2048 … */
export function probe({ head }: ProbeInput): ProbeResult | undefined {
  for (let at = 0; at < head.byteLength; at = at === 0 ? FIRST_USER_BLOCK : at * 2) {
    if (isSignature(head, at))
      return { score: 1, why: at === 0 ? 'starts with \\x89HDF' : `\\x89HDF at byte ${at}` };
  }
  return undefined;
}
