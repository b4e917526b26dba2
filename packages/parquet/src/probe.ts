import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { ENCRYPTED_MAGIC, MAGIC, startsWith } from './footer.js';

/** PAR1 at both ends; a file that is cut has it at its head only. */
export function probe({ head, tail, size }: ProbeInput): ProbeResult | undefined {
  const encrypted = startsWith(head, ENCRYPTED_MAGIC);
  if (!encrypted && !startsWith(head, MAGIC)) return undefined;
  const end = tail.subarray(-MAGIC.byteLength);
  if (encrypted)
    return startsWith(end, ENCRYPTED_MAGIC)
      ? { score: 1, why: 'starts and ends with PARE: encrypted' }
      : undefined;
  if (startsWith(end, MAGIC)) return { score: 1, why: 'starts and ends with PAR1' };
  // After compression is peeled the tail may be missing; else the file is cut.
  return { score: tail.byteLength === 0 && size === undefined ? 0.9 : 0.8, why: 'starts with PAR1' };
}
