import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { isSignature } from './layout/superblock.js';

const FIRST_USER_BLOCK = 512;

/** The signature stands at 0 or, behind a user block, at 512, 1024, 2048 … */
export function probe({ head }: ProbeInput): ProbeResult | undefined {
  for (let at = 0; at < head.byteLength; at = at === 0 ? FIRST_USER_BLOCK : at * 2) {
    if (!isSignature(head, at)) continue;
    if (at === 0) return { score: 1, why: 'starts with \\x89HDF' };
    // What stands in the user block may make it a file of another format: MAT 7.3 is one.
    return { score: 0.9, why: `\\x89HDF at byte ${at}` };
  }
  return undefined;
}
