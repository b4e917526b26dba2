import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { MARK } from './forms/mark.js';
import { readHeader } from './header.js';

const ND_KEY = Uint8Array.of(0xc4, 2, 0x6e, 0x64);
const MARK_KEY = Uint8Array.from(
  [0xa0 | MARK.length, ...MARK].map((part) => (typeof part === 'number' ? part : part.charCodeAt(0))),
);
const LEAST_VALUES = 3;

/**
 * MessagePack has no magic number: the headers in the head are followed. One value has to fill the file, which
 * other files hardly ever happen to do.
 */
export function probe({ head, size }: ProbeInput): ProbeResult | undefined {
  const walked = walk(head, size);
  if (walked === undefined) return undefined;
  const { values, complete, container } = walked;
  if (container && (contains(head, ND_KEY) || contains(head, MARK_KEY)))
    return { score: 0.8, why: 'holds an array or table as msgpack-numpy or FormatLab writes it' };
  if (!container)
    return {
      score: complete && values === 1 && head.length > 1 ? 0.3 : 0.1,
      why: 'one value fills the file',
    };
  if (complete && size !== undefined)
    return { score: values >= LEAST_VALUES ? 0.7 : 0.3, why: `one value of ${values} parts fills the file` };
  return { score: values >= LEAST_VALUES ? 0.5 : 0.2, why: `${values} values follow each other` };
}

/** Undefined where the head can't be the start of one value that fills the file. */
function walk(
  head: Uint8Array,
  size: number | undefined,
): { values: number; complete: boolean; container: boolean } | undefined {
  let at = 0;
  let pending = 1;
  let values = 0;
  let container = false;
  const end = size ?? Number.POSITIVE_INFINITY;
  while (pending > 0) {
    const header = readHeader(head, at);
    if (header === undefined) {
      const cut = at < end && head.length < end && values > 0;
      return cut ? { values, complete: false, container } : undefined;
    }
    if (
      header.kind === 'invalid' ||
      (header.kind === 'str' && !isText(head, at + header.size, header.payload))
    )
      return undefined;
    if (values === 0) container = header.kind === 'map' || header.kind === 'array';
    values++;
    at += header.size + header.payload;
    pending += header.children - 1;
    if (at + pending > end) return undefined;
  }
  if (size !== undefined && at !== size) return undefined;
  if (size === undefined && at < head.length) return undefined;
  return { values, complete: at <= head.length, container };
}

function isText(head: Uint8Array, at: number, length: number): boolean {
  try {
    // A text that the head cuts is valid up to the cut.
    new TextDecoder('utf-8', { fatal: true }).decode(head.subarray(at, at + length), {
      stream: at + length > head.length,
    });
    return true;
  } catch {
    return false;
  }
}

function contains(head: Uint8Array, part: Uint8Array): boolean {
  for (let at = 0; at + part.length <= head.length; at++) {
    let i = 0;
    while (i < part.length && head[at + i] === part[i]) i++;
    if (i === part.length) return true;
  }
  return false;
}
