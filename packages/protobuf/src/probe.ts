import type { ProbeInput, ProbeResult } from '@formatlab/core';
import { isOurs } from './forms/read-value.js';
import { WireReader } from './wire/reader.js';

const NAMES = /\.(?:pb|binpb)$/i;

/** Protocol Buffers have no magic number: without formatlab.proto's first field only the name can speak for them. */
export function probe({ head, name, size }: ProbeInput): ProbeResult | undefined {
  if (isOurs(head)) return { score: 1, why: "starts as formatlab.proto's File does" };
  if (name === undefined || !NAMES.test(name) || head.length === 0) return undefined;
  return followsTags(head, size)
    ? { score: 0.3, why: 'its fields follow each other as in a message' }
    : undefined;
}

function followsTags(head: Uint8Array, size: number | undefined): boolean {
  const r = new WireReader(head);
  try {
    while (r.pos < head.length) {
      const tag = r.tag();
      r.skip(tag, 0, () => {});
    }
    return true;
  } catch {
    // The head may end within a field, but not within the first.
    return size !== undefined && size > head.length && r.pos > 0;
  }
}
