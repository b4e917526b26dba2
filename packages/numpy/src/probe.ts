import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { startsWithMagic } from './npy/header.js';
import { startsAsZip } from './npz/decode.js';

const NAME_AT = 30;

/** npy has a magic number of its own; npz is a ZIP whose first member is an npy. */
export function probe({ head, name }: ProbeInput): ProbeResult | undefined {
  if (startsWithMagic(head)) return { score: 1, why: 'starts with \\x93NUMPY' };
  if (!startsAsZip(head)) return undefined;
  if (head[2] === 5)
    return name?.toLowerCase().endsWith('.npz') ? { score: 0.8, why: 'an empty ZIP named .npz' } : undefined;
  const length = (head[26] ?? 0) | ((head[27] ?? 0) << 8);
  const first = String.fromCharCode(...head.subarray(NAME_AT, NAME_AT + Math.min(length, 1024)));
  return first.endsWith('.npy') ? { score: 0.95, why: `a ZIP whose first member is '${first}'` } : undefined;
}
