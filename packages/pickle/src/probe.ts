import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { OpReader } from './machine/op-reader.js';
import { FRAME, PROTO, STOP } from './machine/opcodes.js';

/** Opcodes that are followed before it is believed. */
const ENOUGH = 8;

/** Protocols from 2 on begin with `\x80` and their number; older ones have to be followed. */
export function probe({ head, tail, size }: ProbeInput): ProbeResult | undefined {
  if (head.length < 2) return undefined;
  const numbered = head[0] === PROTO && head[1]! >= 2 && head[1]! <= 5;
  const ends = tail.length > 0 ? tail.at(-1) === STOP : head.at(-1) === STOP;
  if (numbered && head[1]! >= 4 && head[2] === FRAME)
    return { score: 0.97, why: `starts with \\x80\\x0${head[1]} and a frame` };
  const { count, complete } = follow(head, size ?? head.length);
  if (numbered)
    return count >= 2 ? { score: ends ? 0.95 : 0.7, why: `starts with \\x80\\x0${head[1]}` } : undefined;
  if (complete && count >= 2)
    return { score: count >= 3 ? 0.7 : 0.3, why: `${count} opcodes of protocol 0 or 1 up to a STOP` };
  return count >= ENOUGH && ends && size !== undefined && size > head.length
    ? { score: 0.5, why: `${count} opcodes of protocol 0 or 1 follow each other` }
    : undefined;
}

function follow(head: Uint8Array, size: number): { count: number; complete: boolean } {
  const reader = new OpReader(head, 0, 'latin1');
  for (let count = 0; ; count++) {
    try {
      if (reader.next() === STOP) return { count: count + 1, complete: reader.position === size };
    } catch {
      return { count, complete: false };
    }
  }
}
